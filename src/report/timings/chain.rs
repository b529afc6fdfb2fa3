//! The critical path: the chain of stages, each of which needs the one before it, that takes the
//! longest. No number of jobs makes a run shorter than that.

use std::collections::BTreeMap;
use std::time::Duration;

use super::span::Span;

/// The positions of the stages of the critical path, first to last. `spans` are in the order in
/// which they started.
pub(super) fn critical_path(spans: &[Span]) -> Vec<usize> {
    // For each stage the length of the longest chain that ends with it, and the stage before it.
    let mut chains: BTreeMap<usize, (Duration, Option<usize>)> = BTreeMap::new();
    for (index, span) in spans.iter().enumerate() {
        let before = span.after.iter().filter_map(|work| {
            let at = spans.iter().position(|other| other.work == *work)?;
            let (length, _) = chains.get(&at)?;
            Some((*length, at))
        });
        let longest = before.max();
        let length = longest.map_or(Duration::ZERO, |(length, _)| length) + span.elapsed;
        chains.insert(index, (length, longest.map(|(_, at)| at)));
    }
    let last = chains.iter().max_by_key(|(_, (length, _))| *length).map(|(index, _)| *index);
    let mut path: Vec<usize> =
        std::iter::successors(last, |index| chains.get(index).and_then(|(_, before)| *before))
            .collect();
    path.reverse();
    path
}
