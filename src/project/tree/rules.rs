//! What of a project's tree is no source: other people's files, caches, what builds leave.
//!
//! In: a directory and where it stands. Out: whether it is left out. A name alone decides only
//! where nobody calls a source so; else the directory has to look like what it is taken for.

use std::path::Path;

use fs_err as fs;

/// Names that are left out wherever they stand.
const NAMES: &[&str] = &[
    // Version control.
    ".git",
    ".hg",
    ".svn",
    ".bzr",
    ".jj",
    "_darcs",
    "CVS",
    // Caches and environments.
    "__pycache__",
    "node_modules",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
];

/// The mark of a cache, by <https://bford.info/cachedir/>.
const CACHE_TAG: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";

/// Whether a file or directory is left out for its name.
pub(super) fn by_name(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Whether the directory `dir`, in the project at `place`, is left out.
pub(super) fn directory(dir: &Path, place: &Path) -> bool {
    let name = place.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    by_name(name)
        || dir.join("pyvenv.cfg").exists()
        || is_cache(dir)
        || is_leftover(dir, place, name)
}

fn is_cache(dir: &Path) -> bool {
    use std::io::Read;
    let tag = dir.join("CACHEDIR.TAG");
    if !tag.is_file() {
        return false;
    }
    let mut start = Vec::new();
    let read = fs::File::open(tag)
        .and_then(|file| file.take(CACHE_TAG.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == CACHE_TAG
}

/// What building leaves beside setup.py (and, of a src layout, in `src`).
fn is_leftover(dir: &Path, place: &Path, name: &str) -> bool {
    let parent = place.parent().unwrap_or(Path::new(""));
    let top = parent.as_os_str().is_empty();
    let is_package = || dir.join("__init__.py").exists();
    match name {
        "dist" | ".eggs" => top && !is_package(),
        "build" => top && !is_package() && has_build_output(dir),
        _ => {
            (top || parent == Path::new("src"))
                && name.ends_with(".egg-info")
                && !in_unpacked_sdist(dir, parent)
        }
    }
}

/// Whether the project that has the directory `dir` in its directory `parent` is an unpacked
/// sdist: its `*.egg-info` says what the version history said where it was made.
fn in_unpacked_sdist(dir: &Path, parent: &Path) -> bool {
    let root = dir.ancestors().nth(1 + parent.components().count());
    root.is_some_and(|root| root.join("PKG-INFO").is_file())
}

/// `build` is a common name for sources too: setuptools' one holds `lib`, `lib.linux-x86_64`,
/// `bdist.linux-x86_64` or `temp.linux-x86_64`.
fn has_build_output(dir: &Path) -> bool {
    let Ok(children) = fs::read_dir(dir) else { return false };
    children.flatten().any(|child| {
        let name = child.file_name();
        let name = name.to_string_lossy();
        name == "lib" || ["lib.", "bdist.", "temp."].iter().any(|start| name.starts_with(start))
    })
}
