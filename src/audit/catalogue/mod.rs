//! Every rule there is: one table for each group.
//!
//! A rule that is added here is in `pygo check --list`, in its `--explain`, and in docs/rules.md.
//! A code that was once given out is not used again for something else.

mod abi;
mod archive;
mod elf;
mod go;
mod index;
mod macho;
mod metadata;
mod pe;
mod record;
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
pub use tags::*;

use super::rule::Rule;

/// Every rule, group by group, in the order of their codes.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
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
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Declares the rules of one group: each as a constant, and all as the group's table.
macro_rules! rules {
    ($group:ident: $($id:ident $severity:ident $code:literal $name:literal
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
            };
        )*
        pub(super) const RULES: &[&$crate::audit::rule::Rule] = &[$($id),*];
    };
}
use rules;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_and_names_are_told_apart_and_codes_follow_their_group() {
        let mut seen = HashSet::new();
        for rule in all() {
            assert!(seen.insert(rule.code) && seen.insert(rule.name), "{rule}");
            let number = rule.code.strip_prefix(rule.group.prefix()).unwrap();
            assert!(number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()), "{rule}");
            assert!(rule.why.ends_with('.') && !rule.source.is_empty(), "{rule}");
            assert!(!rule.fix.is_empty() && !rule.fix.ends_with('.'), "{rule}");
        }
        assert!(all().is_sorted(), "the tables are in the order of their codes");
    }
}
