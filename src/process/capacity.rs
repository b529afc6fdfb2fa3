//! How many jobs this machine has room for.
//!
//! Sources: proc(5), and "Control Group v2" of the kernel's documentation.

use std::path::Path;

/// What a job may need: Go's compiler for several packages at once, or a C compiler and a linker.
const PER_JOB: u64 = 1 << 30;

/// One job for each processor that this process may use, but not more than fit into the free memory.
pub fn capacity() -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    // Elsewhere than on Linux, the processors alone decide.
    let memory = available_memory(Path::new("/")).unwrap_or(u64::MAX);
    let rooms = usize::try_from(memory / PER_JOB).unwrap_or(usize::MAX);
    processors.min(rooms).max(1)
}

/// The bytes that this process may take without swapping: of the machine, and of each control group that
/// it is in. `root` is the directory with `proc` and `sys`.
fn available_memory(root: &Path) -> Option<u64> {
    let read = |path: &Path| fs_err::read_to_string(path).ok();
    let machine = value(&read(&root.join("proc/meminfo"))?, "MemAvailable:")?.checked_mul(1024)?;
    let groups = root.join("sys/fs/cgroup");
    let own = read(&root.join("proc/self/cgroup")).unwrap_or_default();
    let own = own.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let left = |group: &Path| {
        let number = |name: &str| read(&group.join(name))?.trim().parse::<u64>().ok();
        let (limit, used) = (number("memory.max")?, number("memory.current")?);
        // Files that were read and can be dropped count as used.
        let cached = value(&read(&group.join("memory.stat"))?, "inactive_file").unwrap_or(0);
        Some(limit.saturating_sub(used.saturating_sub(cached)))
    };
    let path = groups.join(own);
    let limits = path.ancestors().take_while(|group| group.starts_with(&groups)).filter_map(left);
    limits.chain([machine]).min()
}

/// The number after `name` at the start of a line.
fn value(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().map(str::split_ascii_whitespace);
    lines.find_map(|mut words| (words.next()? == name).then(|| words.next()?.parse().ok())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_limit_counts() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        };
        let available = || available_memory(dir.path());
        assert_eq!(available(), None);
        write("proc/meminfo", "MemTotal:  9000 kB\nMemAvailable:    4000 kB\n");
        assert_eq!(available(), Some(4_096_000));

        write("proc/self/cgroup", "1:name=systemd:/x\n0::/ci/job\n");
        let group = |name: &str, limit: &str, used: u64| {
            write(&format!("sys/fs/cgroup/{name}memory.max"), limit);
            write(&format!("sys/fs/cgroup/{name}memory.current"), &format!("{used}\n"));
            write(&format!("sys/fs/cgroup/{name}memory.stat"), "anon 5\ninactive_file 50\n");
        };
        group("ci/job/", "max\n", 100);
        assert_eq!(available(), Some(4_096_000));
        group("ci/", "1000\n", 400);
        assert_eq!(available(), Some(650));
        group("ci/job/", "300\n", 900);
        assert_eq!(available(), Some(0));
    }

    #[test]
    fn this_machine_has_room() {
        assert!(capacity() >= 1);
        assert!(!cfg!(target_os = "linux") || available_memory(Path::new("/")) > Some(1 << 20));
    }
}
