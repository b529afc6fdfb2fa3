//! Every rule, one file per group.
//!
//! `pygo check --list`, `--explain` and docs/rules.md are generated from it. Codes and names are
//! stable because people put them in their pipelines: never reuse one for another rule.

use super::rule::Rule;

/// Declares one constant per rule of a group, and `RULES` with all of them.
macro_rules! rules {
    (@effect) => { $crate::audit::rule::Effect::None };
    (@effect $effect:ident) => { $crate::audit::rule::Effect::$effect };
    ($group:ident $($id:ident $severity:ident $(/ $effect:ident)? $code:literal $name:literal
        $why:literal $source:literal $fix:literal)*) => {
        $(
            #[doc = $why]
            pub const $id: &$crate::audit::rule::Rule = &$crate::audit::rule::Rule {
                code: $code,
                name: $name,
                group: $crate::audit::rule::Group::$group,
                severity: $crate::audit::rule::Severity::$severity,
                why: $why,
                source: $source,
                fix: $fix,
                effect: rules!(@effect $($effect)?),
            };
        )*
        /// Every rule of the group, in the order of their codes.
        pub(super) const RULES: &[&$crate::audit::rule::Rule] = &[$($id,)*];
    };
}

mod abi;
mod archive;
mod elf;
mod go;
mod index;
mod macho;
mod metadata;
mod pe;
mod record;
mod sdist;
mod tags;

pub use abi::*;
pub use archive::*;
pub use elf::*;
pub use go::*;
pub use index::*;
pub use macho::*;
pub use metadata::*;
pub use pe::*;
pub use record::*;
pub use sdist::*;
pub use tags::*;

/// Every group's rules, in the order of the groups.
const RULES: &[&[&Rule]] = &[
    archive::RULES,
    tags::RULES,
    metadata::RULES,
    record::RULES,
    elf::RULES,
    macho::RULES,
    pe::RULES,
    abi::RULES,
    go::RULES,
    index::RULES,
    sdist::RULES,
];

/// Every rule, grouped, in the order of their codes.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().flatten().copied()
}

/// The rule with this code or name, in any case.
pub fn find(word: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code.eq_ignore_ascii_case(word) || rule.name.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_codes_match_their_group() {
        let mut seen = HashSet::new();
        for rule in all() {
            assert!(seen.insert(rule.code) && seen.insert(rule.name), "{rule}");
            let number = rule.code.strip_prefix(rule.group.prefix()).unwrap();
            assert!(number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()), "{rule}");
            assert!(rule.why.ends_with('.') && !rule.source.is_empty(), "{rule}");
            let summary = rule.summary();
            assert!(summary.len() < rule.why.len() && summary.len() <= 150, "{rule}: {summary}");
            assert!(!rule.fix.is_empty() && !rule.fix.ends_with('.'), "{rule}");
        }
        assert!(all().is_sorted(), "the table is in the order of the codes");
    }
}
