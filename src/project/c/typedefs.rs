//! Names that a `typedef` gives to plain types.
//!
//! Input: declarations as tokens. Output: [`Typedefs`], which replaces such a name by its type.
//! Structs keep their names, and so does every type that is not plain.

use std::collections::HashMap;

use super::tokens::CToken;
use super::types::{BaseType, CType};

/// The types that names stand for.
pub(super) struct Typedefs<'a>(HashMap<&'a str, CType>);

impl<'a> Typedefs<'a> {
    /// Reads those among `declarations`, which are without semicolons.
    pub(super) fn read(declarations: &[&[CToken<'a>]]) -> Self {
        let read = |tokens: &&[CToken<'a>]| {
            let [CToken::Word("typedef"), of @ .., CToken::Word(name)] = tokens else {
                return None;
            };
            Some((*name, CType::parse(of, false)?))
        };
        Self(declarations.iter().filter_map(read).collect())
    }

    /// Replaces the name of `c_type` by the type that it stands for; its text stays.
    pub(super) fn resolve(&self, c_type: &mut CType) {
        // A cycle is cffi's to report.
        for _ in 0..8 {
            if c_type.base != BaseType::Other {
                return;
            }
            let Some(of) = self.0.get(c_type.type_name.as_str()) else { return };
            c_type.type_name.clone_from(&of.type_name);
            c_type.base = of.base;
            c_type.pointers += of.pointers;
        }
    }
}
