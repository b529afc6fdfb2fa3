//! Pack: base wheel and native part become one wheel, which is read back before it counts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::audit::floor;
use super::{BaseWheel, Context, NativePart};
use crate::audit::{self, Verdict};
use crate::error::{Failure, Kind, Result};
use crate::factory::editable;
use crate::factory::sbom::sbom;
use crate::factory::stubs::stubs;
use crate::process::Temporary;
use crate::project::Project;
use crate::target::Target;
use crate::wheel::{self, Contents, Digest, File, MemberPath, WheelName, WheelTag};

/// A finished wheel, in place.
#[derive(Debug, Clone)]
pub struct Wheel {
    /// Where it is.
    pub path: PathBuf,
    /// Its file name.
    pub name: WheelName,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// What in its binaries decides the platform tag, where something does.
    pub because: Option<String>,
    /// What else `pygo check` says of it, and did not keep it from being written.
    pub findings: Vec<audit::Finding>,
}

/// What the wheels are written by, in their WHEEL file.
const GENERATOR: &str = concat!("pygo ", env!("CARGO_PKG_VERSION"));

/// Writes the wheel of `target` into the output directory.
///
/// # Errors
/// [`Kind::Output`] if it cannot be written or does not read back; [`Kind::Build`] if `pygo check`
/// finds an error in it. Either way nothing is left behind.
pub(in crate::factory) fn pack(
    context: &Context<'_>,
    target: Target,
    base: &BaseWheel,
    native: &NativePart,
    verdict: &Verdict,
) -> Result<Wheel> {
    let out_dir = &context.plan.options.out_dir;
    let doing = format!("packing the wheel for {target} into {}", out_dir.display());
    let inner = |error: &dyn std::fmt::Display| {
        Failure::build(
            &doing,
            error.to_string(),
            "mend that in the project, or report it if it is not the project's",
        )
    };
    let name = wheel_name(context, base, verdict).map_err(|error| inner(&error))?;
    let contents =
        contents(context, base, native, verdict, &name).map_err(|error| inner(&*error))?;
    let io = |error: std::io::Error| Failure::io(&doing, &error);
    let (part, mut file) = Temporary::file_in(out_dir).map_err(io)?;
    let modified = context.plan.options.modified;
    let digest = wheel::write(&mut file, &name, &contents, GENERATOR, modified).map_err(
        |error| match error {
            wheel::WriteError::Io(error) => io(error),
            other => inner(&other),
        },
    )?;
    file.sync_all().map_err(io)?;

    let bytes = fs_err::read(part.path()).map_err(io)?;
    if Digest::of(&bytes) != digest {
        let found = "the file does not contain what was written to it";
        return Err(Failure::new(Kind::Output, doing, found, "check the disk it is on"));
    }
    let mut findings = inspect(&bytes, &name.to_string(), &doing)?;
    findings.retain(|finding| !verdict.findings.contains(finding));
    let path = out_dir.join(name.to_string());
    part.put(&path).map_err(io)?;
    Ok(Wheel {
        path,
        name,
        size: bytes.len() as u64,
        sha256: digest.hex(),
        because: verdict.because.clone(),
        findings,
    })
}

/// Checks the finished wheel exactly as `pygo check` does. Errors that only the index raises are
/// left to the author: not every wheel is published there.
fn inspect(bytes: &[u8], name: &str, doing: &str) -> Result<Vec<audit::Finding>> {
    let found = audit::inspect(&bytes, name).map_err(|error| Failure::io(doing, &error))?;
    let refuses = |finding: &&audit::Finding| {
        finding.severity() == audit::Severity::Error && finding.rule.group != audit::Group::Index
    };
    let errors: Vec<_> = found.findings.iter().filter(refuses).collect();
    if errors.is_empty() {
        return Ok(found.findings);
    }
    let what: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let mut help: Vec<&str> = errors.iter().map(|finding| finding.fix.as_str()).collect();
    help.dedup();
    Err(Failure::build(doing, what.join("\n"), help.join("\n")))
}

fn wheel_name(
    context: &Context<'_>,
    base: &BaseWheel,
    verdict: &Verdict,
) -> Result<WheelName, wheel::TagError> {
    let platforms = verdict.tag.expanded();
    let tag = if context.plan.project.extensions.is_empty() {
        WheelTag::new(["py3"], ["none"], platforms)?
    } else {
        let floor = floor(base);
        let python = format!("cp{}{}", floor.major, floor.minor);
        WheelTag::new([python], ["abi3".to_owned()], platforms)?
    };
    Ok(base.wheel.name.with_tag(tag))
}

/// A top_level.txt that names the extensions too, as setuptools writes it where it builds them:
/// Python's own `importlib.metadata.packages_distributions` asks that file before any other.
fn with_extensions(text: &str, project: &Project) -> String {
    let modules = project.extensions.iter().map(|extension| extension.module.as_str());
    let tops = modules.map(|module| module.split('.').next().unwrap_or(module));
    let there = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let names: BTreeSet<&str> = there.chain(tops).collect();
    names.into_iter().flat_map(|name| [name, "\n"]).collect()
}

fn contents(
    context: &Context<'_>,
    base: &BaseWheel,
    native: &NativePart,
    verdict: &Verdict,
    name: &WheelName,
) -> Result<Contents, Box<dyn std::error::Error>> {
    let mut contents = base.wheel.contents.clone();
    let dist_info = &base.wheel.dist_info;
    for (path, bytes) in &native.members {
        contents.insert(path.parse()?, File::executable(bytes.clone()));
    }
    if context.plan.options.editable {
        editable::add_finder(&context.plan.project, &mut contents)?;
    }
    for extension in &context.plan.project.extensions {
        let library = context.plan.project.library_of(extension);
        for (path, text) in stubs(extension, library, &base.wheel.contents) {
            contents.insert(path.parse()?, File::new(text.into_bytes()));
        }
    }
    let top_level: MemberPath = format!("{dist_info}/top_level.txt").parse()?;
    if let Some(file) = contents.get(top_level.as_str()) {
        let text = with_extensions(&String::from_utf8_lossy(&file.bytes), &context.plan.project);
        contents.insert(top_level, File::new(text.into_bytes()));
    }
    let mut metadata = base.wheel.metadata.clone();
    if !context.plan.project.extensions.is_empty() {
        metadata.require(&"cffi".parse()?);
    }
    contents.insert(format!("{dist_info}/METADATA").parse()?, File::new(metadata.to_bytes()));
    if let Some(info) = verdict.members.iter().find_map(|member| member.go.first()) {
        let sbom = sbom(name.dist.normalized(), &name.version.to_string(), info);
        contents.insert(format!("{dist_info}/sboms/pygo.cdx.json").parse()?, File::new(sbom));
    }
    Ok(contents)
}
