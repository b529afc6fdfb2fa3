//! How much processor time a thread used, with the tools that it waited for.
//!
//! A tool that ended keeps its times in `/proc` until it is waited for, with those of the processes
//! that it waited for itself. Where that cannot be read, the tool counts as zero.

use std::cell::Cell;
use std::process::Child;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

thread_local! {
    static TOOLS: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// The processor time of this thread and of the tools that it waited for, since it started.
pub fn cpu_time() -> Duration {
    let own = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID);
    own.map_or(Duration::ZERO, Duration::from) + TOOLS.get()
}

/// Waits until `child` has ended, and adds its times to those of this thread. It remains to be waited
/// for.
pub(super) fn add_ended(child: &Child) {
    if let Some(time) = ended(child.id()) {
        TOOLS.set(TOOLS.get() + time);
    }
}

#[cfg(target_os = "linux")]
fn ended(id: u32) -> Option<Duration> {
    use nix::sys::wait::{Id, WaitPidFlag, waitid};
    let pid = nix::unistd::Pid::from_raw(i32::try_from(id).ok()?);
    waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT).ok()?;
    times(&fs_err::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

#[cfg(not(target_os = "linux"))]
fn ended(_id: u32) -> Option<Duration> {
    None
}

/// The times in a `/proc/PID/stat`: of the process, and of those that it waited for; see proc(5).
#[cfg(target_os = "linux")]
fn times(stat: &str) -> Option<Duration> {
    /// In which they are counted: the kernel's USER_HZ, whatever its own clock is.
    const TICKS_PER_SECOND: u64 = 100;
    // The name of the program is in parentheses, and may contain anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let fields = fields.split_whitespace().skip(11).take(4);
    let ticks: Vec<u64> = fields.map(str::parse).collect::<Result<_, _>>().ok()?;
    let ticks: u64 = ticks.iter().sum();
    Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_times_are_read_after_any_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 1 2 3 4 100 20 3 4 20 0 1 0 9 0 0";
        assert_eq!(times(stat), Some(Duration::from_millis(1270)));
        assert_eq!(times("7 (short) S 1"), Some(Duration::ZERO));
        assert_eq!(times("nothing"), None);
    }

    #[test]
    fn tools_count_for_the_thread_that_waits_for_them() {
        let before = cpu_time();
        let script = "( i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done )";
        let mut child = Command::new("sh").args(["-c", script]).spawn().unwrap();
        add_ended(&child);
        assert!(child.wait().unwrap().success());
        let spent = cpu_time() - before;
        assert!(spent >= Duration::from_millis(20), "{spent:?}");
        let other = std::thread::spawn(cpu_time).join().unwrap();
        assert!(other < Duration::from_millis(20), "{other:?}");
    }
}
