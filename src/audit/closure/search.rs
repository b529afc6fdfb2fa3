//! Searches a wheel for needed libraries, the same way for ELF and Mach-O.
//!
//! In: a [`Node`] for each image, with its search paths and needs. Out: the same nodes, with each
//! need resolved to the image that would be loaded, if the wheel has it.

use std::collections::{BTreeSet, HashMap};

use crate::relative_path::join_below;

/// More directories than any real search path has; the rest is ignored.
const MAX_DIRECTORIES: usize = 64;
/// The longest chain of libraries that inherit search paths from each other.
const MAX_PASSES: usize = 16;

/// One image of a wheel, as the loader sees it.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// The index of its file in the wheel's list.
    pub(super) file: usize,
    /// Only an image for the same processor can satisfy its needs.
    pub(super) cpu: u32,
    /// The path of its file once installed.
    pub(super) path: String,
    /// Search directories for its own needs only (`DT_RUNPATH`).
    pub(super) own: Vec<String>,
    /// Search directories that also apply to what it loads (`DT_RPATH`, `LC_RPATH`).
    pub(super) inherited: Vec<String>,
    /// Whether it searches the directories of what loads it.
    pub(super) inherits: bool,
    /// The top directories besides the wheel's own that its search path leads to.
    pub(super) outside: Vec<String>,
    /// What it needs.
    pub(super) needs: Vec<Need<'a>>,
}

/// One need of an image.
#[derive(Debug)]
pub(super) struct Need<'a> {
    /// The name in the image.
    pub(super) name: &'a str,
    /// Its only possible path, if that is fixed.
    pub(super) fixed: Option<String>,
    /// The name to look for in the search path, if it is searched.
    pub(super) search: Option<&'a str>,
    /// Whether it is optional.
    pub(super) weak: bool,
    /// The node that satisfies it.
    pub(super) found: Option<usize>,
}

/// Resolves every need. Repeats until nothing changes, because a library inherits search paths from
/// what loads it.
pub(super) fn resolve(nodes: &mut [Node<'_>]) {
    let places: HashMap<(String, u32), usize> = nodes
        .iter()
        .enumerate()
        .map(|(number, node)| ((node.path.clone(), node.cpu), number))
        .collect();
    let mut loaders = vec![BTreeSet::new(); nodes.len()];
    for _ in 0..MAX_PASSES {
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

/// The needs that can be resolved now, as node, need and resolving node.
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
        let mut directories: Vec<&String> = node.own.iter().chain(&node.inherited).collect();
        if node.inherits {
            directories.extend(above.iter().flat_map(|above| &above.inherited));
        }
        directories.truncate(MAX_DIRECTORIES);
        let at = |path: String| places.get(&(path, node.cpu)).copied();
        for (place, need) in node.needs.iter().enumerate() {
            if need.found.is_some() {
                continue;
            }
            let mut target = need.fixed.clone().and_then(at);
            if let (None, Some(file)) = (target, need.search) {
                target = directories.iter().find_map(|dir| at(join(dir, file)?)).or_else(|| {
                    // A library that is already loaded is not searched again.
                    let mut loaded = above.iter().flat_map(|above| &above.needs);
                    loaded.find(|other| other.search == Some(file))?.found
                });
            }
            found.extend(target.map(|target| (number, place, target)));
        }
    }
    found
}

/// All nodes that load `node`, directly or indirectly, nearest first.
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

/// Where `purelib` and `platlib` are in an environment. The name of the directory between depends on
/// the Python, and no search path can name it.
const SITE: &str = "lib/python3/site-packages";

/// The path of a member in an environment. What is in `{name}.data/data` and `scripts` is installed
/// outside site-packages, at the places that Python documents for POSIX systems.
pub(super) fn installed(path: &str) -> String {
    let mut parts = path.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(data), Some(scheme), Some(rest)) if data.ends_with(".data") => match scheme {
            "purelib" | "platlib" => format!("{SITE}/{rest}"),
            "data" => rest.to_owned(),
            "scripts" => format!("bin/{rest}"),
            _ => path.to_owned(),
        },
        _ => format!("{SITE}/{path}"),
    }
}

/// The first directory below site-packages of `relative`, seen from `directory`.
pub(super) fn top(directory: &str, relative: &str) -> Option<String> {
    let joined = join(directory, relative)?;
    joined
        .strip_prefix(SITE)?
        .strip_prefix('/')?
        .split('/')
        .next()
        .filter(|top| !top.is_empty())
        .map(str::to_owned)
}

/// The directory of a path; the root is empty.
pub(super) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// Resolves `relative` against `directory`; `None` if that leaves the wheel.
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
        assert_eq!(installed("x-1.0.data/platlib/a/b.so"), installed("a/b.so"));
        assert_eq!(installed("x-1.0.data/scripts/b"), "bin/b");
        let extension = installed("a/b.so");
        assert_eq!(
            join(directory(&extension), "../../../../lib/c.so"),
            Some("lib/c.so".to_owned())
        );
        assert_eq!(top(directory(&extension), "../other/lib"), Some("other".to_owned()));
        assert_eq!(top(directory(&extension), "../../.."), None);
        assert_eq!(directory("b.so"), "");
    }
}
