//! Installs an editable wheel for the Python that built it.

use super::plan::Plan;
use super::stage::Wheel;
use crate::error::{Failure, Kind, Result};
use crate::toolchain::Host;

/// Installs `wheel`, an editable wheel of the plan's project, with its requirements, and records
/// where the project is (PEP 610), as an installer that had built the wheel would.
///
/// # Errors
/// [`Kind::Toolchain`] if the installer fails.
pub fn install(plan: &Plan, host: &Host, wheel: &Wheel) -> Result<()> {
    let name = wheel.name.dist.normalized();
    let work = host.cache.temporary("develop")?;
    let run = work.path().file_name().unwrap_or_default();
    let logs = host.cache.dir("logs")?.join(run);
    let log = logs.join("install.log");
    host.installer.install_wheel(name, &wheel.path, &log)?;
    let script = host.cache.script("direct_url.py", include_str!("scripts/direct_url.py"))?;
    let task = serde_json::json!({ "distribution": name, "project": plan.project.root });
    let doing = "recording where the project is installed from";
    let help = "the project is installed; only `pip freeze` shows another place";
    let call = host.python.call(doing).args([script]).input(task.to_string()).log(&log);
    call.run(Kind::Toolchain, help)?;
    fs_err::remove_dir_all(&logs).map_err(|error| Failure::io(doing, &error))
}
