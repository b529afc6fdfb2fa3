//! The search for libraries inside a wheel, the same for both loaders.
//!
//! In: a [`Node`] for each image: where it looks, what it needs. Out: the same nodes with each need
//! tied to the image that would be loaded, if the wheel has it.

use std::collections::{BTreeSet, HashMap};

use crate::relative_path::join_below;

/// More directories than any search path has; more are not looked at.
const MOST_DIRECTORIES: usize = 64;
/// How long a chain of libraries that lend each other their search paths may get.
const MOST_PASSES: usize = 16;

/// One image of a wheel, as the loader sees it.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// Its member's place in the wheel's list.
    pub(super) member: usize,
    /// Only an image for the same processor can serve it.
    pub(super) cpu: u32,
    /// Where its file lies once installed.
    pub(super) path: String,
    /// Directories that serve its own needs only (`DT_RUNPATH`).
    pub(super) own: Vec<String>,
    /// Directories that also serve the needs of what it loads (`DT_RPATH`, `LC_RPATH`).
    pub(super) lent: Vec<String>,
    /// Whether it looks into directories lent by what loads it.
    pub(super) borrows: bool,
    /// What it needs.
    pub(super) needs: Vec<Need<'a>>,
}

/// One need of an image.
#[derive(Debug)]
pub(super) struct Need<'a> {
    /// As the image writes it.
    pub(super) name: &'a str,
    /// The one path that it may be at, if that is fixed.
    pub(super) fixed: Option<String>,
    /// What to look for in the search path, if it is to be looked for.
    pub(super) search: Option<&'a str>,
    /// Whether the image does without it.
    pub(super) weak: bool,
    /// The node that serves it.
    pub(super) found: Option<usize>,
}

/// Ties every need to the node that serves it. Runs until nothing changes, for a library's search
/// path may only be known once what loads it is.
pub(super) fn settle(nodes: &mut [Node<'_>]) {
    let places: HashMap<(String, u32), usize> = nodes
        .iter()
        .enumerate()
        .map(|(number, node)| ((node.path.clone(), node.cpu), number))
        .collect();
    let mut loaders = vec![BTreeSet::new(); nodes.len()];
    for _ in 0..MOST_PASSES {
        let found = pass(nodes, &loaders, &places);
        if found.is_empty() {
            break;
        }
        for (loader, need, loaded) in found {
            if let Some(need) = nodes.get_mut(loader).and_then(|node| node.needs.get_mut(need)) {
                need.found = Some(loaded);
            }
            if let Some(loaders) = loaders.get_mut(loaded) {
                loaders.insert(loader);
            }
        }
    }
}

/// The needs that can be tied now: the node, its need, and the node that serves it.
fn pass(
    nodes: &[Node<'_>],
    loaders: &[BTreeSet<usize>],
    places: &HashMap<(String, u32), usize>,
) -> Vec<(usize, usize, usize)> {
    let mut found = Vec::new();
    for (number, node) in nodes.iter().enumerate() {
        if node.needs.iter().all(|need| need.found.is_some()) {
            continue;
        }
        let above: Vec<_> =
            ancestors(number, loaders).filter_map(|above| nodes.get(above)).collect();
        let mut directories: Vec<&String> = node.own.iter().chain(&node.lent).collect();
        if node.borrows {
            directories.extend(above.iter().flat_map(|above| &above.lent));
        }
        directories.truncate(MOST_DIRECTORIES);
        let at = |path: String| places.get(&(path, node.cpu)).copied();
        for (place, need) in node.needs.iter().enumerate() {
            if need.found.is_some() {
                continue;
            }
            let mut serves = need.fixed.clone().and_then(at);
            if let (None, Some(file)) = (serves, need.search) {
                serves = directories.iter().find_map(|dir| at(join(dir, file)?)).or_else(|| {
                    // What is loaded already is not searched for again.
                    let mut loaded = above.iter().flat_map(|above| &above.needs);
                    loaded.find(|other| other.search == Some(file))?.found
                });
            }
            found.extend(serves.map(|serves| (number, place, serves)));
        }
    }
    found
}

/// All that load `node`, directly or through others, nearest first.
fn ancestors(node: usize, loaders: &[BTreeSet<usize>]) -> impl Iterator<Item = usize> {
    let mut seen = BTreeSet::from([node]);
    let mut order = vec![node];
    let mut next = 0;
    while let Some(current) = order.get(next).copied() {
        next += 1;
        let above = loaders.get(current).into_iter().flatten().copied();
        order.extend(above.filter(|above| seen.insert(*above)));
    }
    order.into_iter().skip(1)
}

/// Where a member lies once installed, from the root of site-packages.
///
/// `{name}.data/purelib` and `platlib` go there too (PyPA's binary distribution format).
pub(super) fn installed(path: &str) -> String {
    let mut parts = path.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(data), Some("purelib" | "platlib"), Some(rest)) if data.ends_with(".data") => {
            rest.to_owned()
        }
        _ => path.to_owned(),
    }
}

/// The directory of a path; the root is the empty text.
pub(super) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, file)| file)
}

/// `relative` seen from `directory`; `None` where that leaves the wheel.
pub(super) fn join(directory: &str, relative: &str) -> Option<String> {
    let joined = join_below(directory, relative.trim_start_matches('/'))?;
    joined.into_os_string().into_string().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_wheel() {
        assert_eq!(join("a/b", "../c/./d//"), Some("a/c/d".to_owned()));
        assert_eq!(join("a", "../.."), None);
        assert_eq!(installed("x-1.0.data/platlib/a/b.so"), "a/b.so");
        assert_eq!(installed("x-1.0.data/scripts/b"), "x-1.0.data/scripts/b");
        assert_eq!(directory("b.so"), "");
    }
}
