//! The oldest Python of a wheel's `abi3` tag.

use pep440_rs::{Version, VersionSpecifiers};

use crate::target::Release;

/// The minor release when the project does not say which Python it requires.
const DEFAULT: u16 = 10;

/// The first release with a stable ABI (PEP 384).
const FIRST: u16 = 2;

/// The oldest Python 3.N that `requires_python` allows, at least 3.2. A specifier that no 3.N meets,
/// or none at all, gives 3.10.
pub(super) fn oldest_python(requires_python: Option<&VersionSpecifiers>) -> Release {
    Release::new(3, oldest_minor(requires_python))
}

fn oldest_minor(requires_python: Option<&VersionSpecifiers>) -> u16 {
    const NEWEST: u16 = 99;
    let Some(specifiers) = requires_python else { return DEFAULT };
    let allows = |minor: &u16| {
        // `>=3.10.2` allows some 3.10, as does `<=3.10.2`.
        let some = |patch: u16| Version::new([3, u64::from(*minor), u64::from(patch)]);
        [0, NEWEST].into_iter().any(|patch| specifiers.contains(&some(patch)))
    };
    (FIRST..=NEWEST).find(allows).unwrap_or(DEFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_the_oldest_release_allowed() {
        for (specifiers, floor) in [
            (">=3.8", 8),
            (">=3.10.2,<4", 10),
            ("~=3.12", 12),
            (">=3.9,!=3.9.*", 10),
            (">3.10", 10),
            ("==3.11.*", 11),
            (">=2.7", 2),
            ("<3", 10),
        ] {
            let specifiers: VersionSpecifiers = specifiers.parse().unwrap();
            assert_eq!(oldest_minor(Some(&specifiers)), floor, "{specifiers}");
        }
        assert_eq!(oldest_minor(None), 10);
    }
}
