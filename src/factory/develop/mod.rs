//! Installs an editable wheel for the Python that built it.
//!
//! Input: the wheel. Output: an installation that differs in nothing from one that an installer
//! made of the project itself. Where only one file changed, as after a changed line of Go, it is
//! replaced in place; an installer takes longer than the build.

mod origin;
mod replace;

use super::plan::Plan;
use super::stage::Wheel;
use crate::error::{Failure, Result};
use crate::toolchain::Host;
use crate::wheel::WheelFile;

/// Installs `wheel`, an editable wheel of the plan's project, with its requirements, and records
/// where the project is (PEP 610), as an installer that had built the wheel would.
///
/// # Errors
/// [`Kind::Toolchain`](crate::error::Kind) if the installer fails.
pub fn install(plan: &Plan, host: &Host, wheel: &Wheel) -> Result<()> {
    let name = &wheel.name.dist;
    let origin = origin::direct_url(&plan.project.root);
    let doing = format!("installing {}", name.normalized());
    let contents = WheelFile::read(&wheel.path)
        .map_err(|error| Failure::build(&doing, error.to_string(), "report this bug"))?;
    let satisfied = host.python.satisfies(&contents.metadata);
    if satisfied
        && let Some(dist_info) = host.python.installed().dist_info(name)
        && replace::replace(&contents, dist_info, &origin)
    {
        return Ok(());
    }
    let work = host.cache.temporary("develop")?;
    let run = work.path().file_name().unwrap_or_default();
    let logs = host.cache.dir("logs")?.join(run);
    let log = logs.join("install.log");
    host.installer.install_wheel(name.normalized(), &wheel.path, satisfied, &log)?;
    let doing = "recording where the project is installed from";
    let installed = host.python.installed();
    let dist_info = installed.dist_info(name).ok_or_else(|| {
        let found = format!("{} does not find {name}", host.python.found.path.display());
        Failure::toolchain(doing, found, "check where pip or uv is configured to install")
    })?;
    origin::record(dist_info, &origin).map_err(|error| Failure::io(doing, &error))?;
    // It is installed, whatever becomes of the log.
    let _ = fs_err::remove_dir_all(&logs);
    Ok(())
}
