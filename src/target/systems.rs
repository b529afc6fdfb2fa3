//! Which distributions have which C library, to explain what a tag runs on.
//!
//! Sources: the release notes of each distribution.

use super::{Libc, Release};

/// Widespread distributions and the C library of their first release, oldest library first.
const SYSTEMS: &[(Libc, Release, &str)] = &[
    (Libc::Glibc, Release::new(2, 12), "RHEL 6"),
    (Libc::Glibc, Release::new(2, 17), "RHEL 7"),
    (Libc::Glibc, Release::new(2, 26), "Amazon Linux 2"),
    (Libc::Glibc, Release::new(2, 27), "Ubuntu 18.04"),
    (Libc::Glibc, Release::new(2, 28), "RHEL 8"),
    (Libc::Glibc, Release::new(2, 28), "Debian 10"),
    (Libc::Glibc, Release::new(2, 31), "Debian 11"),
    (Libc::Glibc, Release::new(2, 31), "Ubuntu 20.04"),
    (Libc::Glibc, Release::new(2, 34), "RHEL 9"),
    (Libc::Glibc, Release::new(2, 34), "Amazon Linux 2023"),
    (Libc::Glibc, Release::new(2, 35), "Ubuntu 22.04"),
    (Libc::Glibc, Release::new(2, 36), "Debian 12"),
    (Libc::Glibc, Release::new(2, 39), "RHEL 10"),
    (Libc::Glibc, Release::new(2, 39), "Ubuntu 24.04"),
    (Libc::Glibc, Release::new(2, 41), "Debian 13"),
    (Libc::Musl, Release::new(1, 1), "Alpine 3.12"),
    (Libc::Musl, Release::new(1, 2), "Alpine 3.13 and later"),
];

/// The distributions that have `libc` in `release` or later.
pub fn systems(libc: Libc, release: Release) -> impl Iterator<Item = &'static str> {
    let fits = move |(of, has, _): &&(Libc, Release, &str)| *of == libc && *has >= release;
    SYSTEMS.iter().filter(fits).map(|(_, _, name)| *name)
}
