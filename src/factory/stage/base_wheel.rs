//! Base wheel: the pure part of the project, made by the project's own build backend.

use std::path::Path;

use super::Context;
use super::backend::{Backend, Hook};
use crate::audit;
use crate::error::Result;
use crate::factory::staging;
use crate::toolchain::Fetching;
use crate::wheel::WheelFile;

/// The pure part of every wheel of the run.
#[derive(Debug, Clone)]
pub(in crate::factory) struct BaseWheel {
    /// The wheel as the backend made it, without the build outputs in it.
    pub(in crate::factory) wheel: WheelFile,
    /// What was left out: path in the wheel, and what it is.
    pub(in crate::factory) left_out: Vec<(String, &'static str)>,
}

/// Has the backend make a wheel from a copy of the project, and takes from it what leftovers of
/// native builds its rules picked up. An editable one is made in the project itself, which it is
/// to point to.
///
/// # Errors
/// [`Kind::Backend`](crate::error::Kind) if the backend fails, or if its wheel is not pure.
pub(in crate::factory) fn base_wheel(
    context: &Context<'_>,
    fetching: &dyn Fn(Fetching),
    log: &Path,
) -> Result<BaseWheel> {
    let backend = Backend {
        plan: context.plan,
        host: &context.toolchain.host,
        work: context.work,
        env: context.env()?.into(),
    };
    let (hook, project) = match context.plan.options.editable {
        true => (Hook::Editable, context.plan.project.root.clone()),
        false => (Hook::Wheel, staging::stage(context.plan, &context.work.join("project"), log)?),
    };
    let path = backend.call(hook, &project, fetching, log)?;
    let name = path.file_name().unwrap_or_default().display();
    let mut wheel = WheelFile::read(&path).map_err(|error| {
        let found = format!("it made {name}, which cannot be read: {error}");
        backend.failure(hook, found, "report this to the backend's authors", log)
    })?;
    if !wheel.info.root_is_purelib || !wheel.name.tag.is_pure() {
        return Err(backend.failure(
            hook,
            format!("it made {name}, which is not pure"),
            "leave what is compiled to pygo: take ext_modules, cffi_modules and other native \
             parts out of what the backend builds",
            log,
        ));
    }
    let left_out: Vec<_> = wheel
        .contents
        .iter()
        .filter_map(|(path, file)| Some((path.to_string(), audit::build_output(&file.bytes)?)))
        .collect();
    for (path, _) in &left_out {
        wheel.contents.remove(path);
    }
    Ok(BaseWheel { wheel, left_out })
}
