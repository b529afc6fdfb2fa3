//! The export trie of a Mach-O image, which lists the symbols that dyld can find.
//!
//! In: the bytes of the trie. Out: the wanted names, without the leading underscore. A trie may refer
//! to itself, so each node is read once, and the total length of the names is bounded.
//!
//! Source: `mach-o/loader.h`, at `LC_DYLD_INFO`, "export" information.

use std::collections::HashSet;

use crate::audit::Malformed;
use crate::audit::bytes::{Bytes, to_usize};

/// Ten times the total length of the names in the largest libraries.
const MAX_NAME_BYTES: usize = 64 << 20;

pub(super) fn walk(
    trie: &[u8],
    mut wanted: impl FnMut(&str) -> bool,
) -> Result<Vec<String>, Malformed> {
    let bytes = Bytes::from(trie);
    let mut names = Vec::new();
    let mut seen = HashSet::new();
    let mut left = MAX_NAME_BYTES;
    let mut open = vec![(0usize, String::new())];
    if trie.is_empty() {
        return Ok(names);
    }
    while let Some((node, prefix)) = open.pop() {
        if !seen.insert(node) {
            return Err(Malformed("its export trie refers to itself".to_owned()));
        }
        let mut at = node;
        let terminal = uleb128(bytes, &mut at)?;
        let mut at = at.saturating_add(terminal);
        if terminal != 0 {
            let name = prefix.strip_prefix('_').unwrap_or(&prefix);
            if wanted(name) {
                names.push(name.to_owned());
            }
        }
        let edges = bytes.u8(at)?;
        at += 1;
        for _ in 0..edges {
            let label = bytes.text(at)?;
            at = at.saturating_add(label.len() + 1);
            let child = uleb128(bytes, &mut at)?;
            left = left
                .checked_sub(prefix.len() + label.len())
                .ok_or_else(|| Malformed("its exported names are too long".to_owned()))?;
            open.push((child, format!("{prefix}{label}")));
        }
    }
    Ok(names)
}

fn uleb128(bytes: Bytes<'_>, at: &mut usize) -> Result<usize, Malformed> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = bytes.u8(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(to_usize(value));
        }
    }
    Err(Malformed("a number in its export trie does not end".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_may_be_a_name_and_have_children() {
        // root -> "_a" (terminal) -> "b" (terminal)
        let trie = b"\0\x01_a\0\x06\x02\0\0\x01b\0\x0d\x02\0\0\0";
        assert_eq!(walk(trie, |_| true), Ok(vec!["a".to_owned(), "ab".to_owned()]));
    }

    #[test]
    fn a_trie_that_refers_to_itself_is_rejected() {
        assert!(walk(b"\0\x01a\0\0", |_| true).is_err());
        assert!(walk(b"\0\x01a\0\x80", |_| true).is_err());
        assert_eq!(walk(b"", |_| true), Ok(vec![]));
    }
}
