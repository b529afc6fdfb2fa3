//! Bindings: how Python reaches a Go library, one file per kind.
//!
//! The factory asks a part's [`Binding`] for everything that depends on its kind. To add a kind,
//! add a variant to [`PartKind`], a file here, and its row in [`of`].

mod cffi_api;
mod ctypes;
mod interface;

pub(super) use interface::{Binding, CffiModule, ExtensionModule, Interpreters};

use crate::audit;
use crate::project::{Part, PartKind};
use crate::target::{Os, Release};

/// The binding of `part`: the table of kinds.
pub(super) fn of(part: &Part) -> Box<dyn Binding<'_> + '_> {
    match &part.kind {
        PartKind::Cffi(extension) => Box::new(cffi_api::CffiApi { part, extension }),
        PartKind::Ctypes => Box::new(ctypes::Ctypes),
    }
}

/// The interpreters that can use every part of `parts`.
pub(super) fn interpreters(parts: &[Part]) -> Interpreters {
    parts.iter().map(|part| of(part).interpreters()).max().unwrap_or(Interpreters::Any)
}

/// The extension modules of `parts` on `os`.
pub(super) fn extensions<'p>(parts: &'p [Part], os: &Os) -> Vec<ExtensionModule<'p>> {
    parts.iter().filter_map(|part| of(part).extension(os)).collect()
}

/// What the audit should find in a wheel of `parts`: the extension modules of `os`, moved to
/// where `place` puts them, and the stable ABI they may use.
pub(super) fn expected(
    parts: &[Part],
    os: &Os,
    oldest: Release,
    place: impl Fn(&str) -> String,
) -> Vec<Expected> {
    let expect = |part| {
        let binding = of(part);
        let extension = binding.extension(os)?;
        Some(Expected {
            path: place(&extension.path),
            module: extension.module.to_string(),
            abi3: binding.interpreters().stable_abi(oldest),
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
pub(super) fn requirements(parts: &[Part]) -> Vec<&'static str> {
    let mut all: Vec<_> = parts.iter().flat_map(|part| of(part).requirements()).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}
