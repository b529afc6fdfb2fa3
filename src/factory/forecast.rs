//! The names of the wheels of a plan, as far as they are known before anything is built.
//!
//! Input: a [`Plan`] and the Go that would build it. Output: one [`Forecast`] per wheel, with `*`
//! for what only the project's backend knows. The audit may find that binaries need more than the
//! tag in the forecast, and choose a later one.

use super::binding;
use super::minimum::MinimumVersions;
use super::plan::Plan;
use super::python_floor::oldest_python;
use crate::project::StaticMetadata;
use crate::target::{PythonAbi, Target};
use crate::toolchain::Version;

/// The known facts about one wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The target.
    pub target: Target,
    /// The ABI of Python that its extension modules are for.
    pub abi: PythonAbi,
    /// The name of the file: `hello-1.0-cp310-abi3-macosx_13_0_arm64.whl`, `*-py3-none-*.whl`.
    pub wheel: String,
    /// The platform tag, if the version of Go is known and supports what was requested.
    pub platform: Option<String>,
}

/// The forecast of each wheel of `plan`, in its order.
pub fn forecast(plan: &Plan, go: Option<Version>) -> Vec<Forecast> {
    let known = StaticMetadata::read(&plan.project.root);
    let minimums = go.and_then(|go| MinimumVersions::new(&plan.options, go).ok());
    let dist = known.name.map_or("*".to_owned(), |name| name.escaped());
    let version = known.version.map_or("*".to_owned(), |version| version.to_string());
    let stem = if (dist.as_str(), version.as_str()) == ("*", "*") {
        dist
    } else {
        format!("{dist}-{version}")
    };
    let oldest = known.requires_python.map(|required| oldest_python(required.as_ref()));
    let of_wheel = |(target, abi): (Target, PythonAbi)| {
        let parts = plan.project.parts_for(target);
        let interpreters = binding::interpreters(parts);
        let platform = minimums
            .as_ref()
            .map(|min| binding::platform_tags(parts, target, min.of_target(target)));
        // The oldest Python does not affect the platform.
        let tag = interpreters.tag(abi, oldest.unwrap_or_default(), vec!["any".to_owned()]).ok();
        let python = match (&tag, oldest) {
            (Some(tag), _) if tag.pythons() == ["py3"] => "py3-none".to_owned(),
            (Some(tag), _) if oldest.is_some() || abi != PythonAbi::Abi3 => {
                format!("{}-{}", tag.pythons().join("."), tag.abis().join("."))
            }
            _ => "cp3*-abi3".to_owned(),
        };
        let platform =
            platform.map(|tags| tags.iter().map(ToString::to_string).collect::<Vec<_>>().join("."));
        let shown = platform.as_deref().unwrap_or("*");
        Forecast { target, abi, wheel: format!("{stem}-{python}-{shown}.whl"), platform }
    };
    let targets = plan.options.targets.iter().copied();
    let wheels =
        targets.flat_map(|target| plan.abis(target).into_iter().map(move |abi| (target, abi)));
    wheels.map(of_wheel).collect()
}
