//! Bindings: how Python reaches a Go library, one file per kind.
//!
//! The factory asks a part's [`Binding`] for everything that depends on its kind. To add a kind,
//! add a variant to [`PartKind`], a file here, and its row in [`of`].

mod capi;
mod cffi_abi;
mod cffi_api;
mod ctypes;
mod interface;
mod program;

pub(super) use interface::{
    Binding, CGO_HEADER, CffiModule, ExtensionModule, Interpreters, Linked, Locator, PythonModule,
    oldest_in,
};

use std::collections::BTreeSet;

use crate::audit;
use crate::project::{Part, PartKind, Project};
use crate::target::{
    DEFAULT_PROGRAM_TARGETS, DEFAULT_TARGETS, Os, PlatformTag, PythonAbi, Release, Slice, Target,
};
use crate::wheel::Contents;

/// The binding of `part`: the table of kinds.
pub(super) fn of(part: &Part) -> Box<dyn Binding<'_> + '_> {
    match &part.kind {
        PartKind::Cffi(library, extension) => {
            Box::new(cffi_api::CffiApi { part, library, extension, is_static: false })
        }
        PartKind::CffiStatic(library, extension) => {
            Box::new(cffi_api::CffiApi { part, library, extension, is_static: true })
        }
        PartKind::CffiAbi(library, extension) => {
            Box::new(cffi_abi::CffiAbi { part, library, extension })
        }
        PartKind::Ctypes(_) => Box::new(ctypes::Ctypes { part }),
        PartKind::Capi(native) => Box::new(capi::Capi { part, native }),
        PartKind::Program(program) => Box::new(program::Command { program }),
    }
}

/// The interpreters that can use every part of `parts`.
pub(super) fn interpreters(parts: &[Part]) -> Interpreters {
    parts.iter().map(|part| of(part).interpreters()).max().unwrap_or(Interpreters::Any)
}

/// The ABIs of Python that `parts` are built for on `slice`, of those `requested`: one will do if
/// nothing is linked against an interpreter.
pub(super) fn abis(parts: &[Part], slice: Slice, requested: &[PythonAbi]) -> Vec<PythonAbi> {
    match interpreters(parts) {
        Interpreters::Any => requested.iter().take(1).copied().collect(),
        Interpreters::CPython => {
            requested.iter().copied().filter(|abi| abi.refusal(slice).is_none()).collect()
        }
    }
}

/// The ABIs of Python that `part` is built for, each on its own, of `abis`: Go links an extension
/// module for each, and other code is the same for all.
pub(super) fn own_abis<'r>(part: &Part, abis: &'r [PythonAbi]) -> &'r [PythonAbi] {
    match of(part).python_headers() {
        Some(_) => abis,
        None => abis.get(..1).unwrap_or(abis),
    }
}

/// The names of the commands among `parts`.
pub(super) fn programs<'p>(parts: impl Iterator<Item = &'p Part>) -> Vec<String> {
    let programs = parts.filter_map(Part::program).filter(|program| program.is_command());
    let names: BTreeSet<_> = programs.map(|program| program.name.to_string()).collect();
    names.into_iter().collect()
}

/// The first of `parts` that cannot be built for `target`, and why.
pub(super) fn unsupported(parts: &[Part], target: Target) -> Option<(&Part, &'static str)> {
    let why = target.no_c()?;
    Some((parts.iter().find(|part| part.kind.has_c())?, why))
}

/// Whether every part of `project` can be built for `target`.
pub fn supports(project: &Project, target: Target) -> bool {
    unsupported(project.parts_for(target), target).is_none()
}

/// The names of the targets of `project` unless somebody chooses others. Without C, Windows costs no
/// more than other systems; with C, zig first compiles a C runtime for it, which takes minutes.
pub fn default_targets(project: &Project) -> &'static [&'static str] {
    let has_c = project.variants().any(|part| part.kind.has_c());
    if has_c { DEFAULT_TARGETS } else { DEFAULT_PROGRAM_TARGETS }
}

/// The values of the key `binding` that `target` supports.
pub fn supported_bindings(target: Target) -> Vec<&'static str> {
    let names = PartKind::NAMES.into_iter();
    names.filter(|name| target.no_c().is_none() || *name == program::NAME).collect()
}

/// The platform tags of a wheel of `parts` for `target` that needs `release`, before its binaries
/// are known.
pub(super) fn platform_tags(parts: &[Part], target: Target, release: Release) -> Vec<PlatformTag> {
    let own = target.platform_tag(release);
    let has_c = parts.iter().any(|part| part.kind.has_c());
    std::iter::once(own).chain(target.musl_tag().filter(|_| !has_c)).collect()
}

/// The extension modules of `parts`, whose files end with `suffix`.
pub(super) fn extensions<'p>(parts: &'p [Part], suffix: &str) -> Vec<ExtensionModule<'p>> {
    parts.iter().filter_map(|part| of(part).extension(suffix)).collect()
}

/// The Python modules of `parts` that open a library on `os`.
pub(super) fn python_modules<'p>(parts: &'p [Part], os: &Os) -> Vec<PythonModule<'p>> {
    parts.iter().filter_map(|part| of(part).python_module(os)).collect()
}

/// The modules of `parts` that tell where a library is on `os`, if `base`, the other files of the
/// wheel, leaves room: the project's own module or package of that name wins.
pub(super) fn locators(parts: &[Part], os: &Os, base: &Contents) -> Vec<Locator> {
    let all = parts.iter().filter_map(|part| of(part).locator(os));
    all.filter(|locator| own_module(locator, base).is_none()).collect()
}

/// The modules of `parts` that tell where a library is on `os`, each path once.
pub(super) fn every_locator<'p>(parts: impl Iterator<Item = &'p Part>, os: &Os) -> Vec<Locator> {
    let mut all: Vec<_> = parts.filter_map(|part| of(part).locator(os)).collect();
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all.dedup_by(|one, other| one.path == other.path);
    all
}

/// The project's own file that Python would import in place of `locator`, or of a package around
/// it.
pub(super) fn own_module<'c>(locator: &Locator, base: &'c Contents) -> Option<&'c str> {
    let name = locator.module.replace('.', "/");
    let above = std::iter::successors(Some(name.as_str()), |name| Some(name.rsplit_once('/')?.0));
    let candidates = above.map(|name| format!("{name}.py"));
    candidates.chain([format!("{name}/__init__.py")]).find_map(|path| {
        let (own, _) = base.get_key_value(path.as_str())?;
        Some(own.as_str())
    })
}

/// What the audit should find in a wheel of `parts`: the extension modules for `abi` on
/// `slice`, moved to where `place` puts them, and the stable ABI they may use.
pub(super) fn expected(
    parts: &[Part],
    slice: Slice,
    abi: PythonAbi,
    oldest: Release,
    place: impl Fn(&str) -> String,
) -> Vec<Expected> {
    let is_stable = !matches!(abi, PythonAbi::Release(_));
    let expect = |part| {
        let binding = of(part);
        let extension = binding.extension(&abi.module_suffix(slice))?;
        Some(Expected {
            path: place(&extension.path),
            module: extension.module.to_string(),
            abi3: is_stable.then(|| oldest_in(abi, oldest)),
        })
    };
    parts.iter().filter_map(expect).collect()
}

/// An extension module that the audit should find.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Expected {
    path: String,
    module: String,
    abi3: Option<Release>,
}

impl Expected {
    pub(super) fn as_audited(&self) -> audit::Extension<'_> {
        audit::Extension { path: &self.path, module: &self.module, abi3: self.abi3 }
    }
}

/// The distributions that a wheel of `parts` requires, each once.
pub(super) fn requirements<'p>(parts: impl IntoIterator<Item = &'p Part>) -> Vec<&'static str> {
    let all = parts.into_iter().flat_map(|part| of(part).requirements());
    let mut all: Vec<_> = all.copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wheel::File;

    #[test]
    fn a_locator_gives_way_to_the_project_s_own_module() {
        let locator = Locator {
            module: "a.b.lib.libx".to_owned(),
            path: "a/b/lib/libx.py".to_owned(),
            library: "libx.a-b.so".to_owned(),
        };
        let own = |path: &str| {
            let base = Contents::from([(path.parse().unwrap(), File::new([]))]);
            own_module(&locator, &base).map(str::to_owned)
        };
        for path in ["a/b/lib/libx.py", "a/b/lib/libx/__init__.py", "a/b/lib.py", "a/b.py"] {
            assert_eq!(own(path).as_deref(), Some(path));
        }
        for path in ["a/b/lib/libx.pyi", "a/b/lib/__init__.py", "libx.py", "b.py"] {
            assert_eq!(own(path), None);
        }
    }
}
