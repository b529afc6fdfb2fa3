//! What was built for the parts of one slice.
//!
//! In: the outputs of the stages for each part. Out: the binaries, with their paths in the wheel.

use std::path::Path;
use std::sync::Arc;

use super::binding;
use super::plan::Plan;
use super::stage::{BaseWheel, Binary, Library};
use crate::project::Part;
use crate::target::{PythonAbi, Slice};

/// What was built for the parts of one slice: each library with its extension, or a program.
pub(super) type Built = Vec<BuiltPart>;
type BuiltPart = (Option<Arc<Library>>, Option<Arc<Binary>>);

/// The binaries of one slice, with their paths in the wheel. Commands go where installers look for
/// them, which depends on the name of the wheel.
pub(super) fn binaries(
    plan: &Plan,
    (slice, abi): (Slice, PythonAbi),
    base: &BaseWheel,
    built: Built,
) -> Vec<Binary> {
    let data = base.wheel.name.data_dir();
    let of_part = |(part, built): (&Part, BuiltPart)| {
        let (library, other) = built;
        let place = |path: &str| match part.program() {
            Some(program) if program.is_command() => format!("{data}/{path}"),
            _ => plan.place(path),
        };
        let module = || Some(binding::of(part).extension(&abi.module_suffix(slice))?.path);
        let is_archive = binding::of(part).has_archive();
        let path = part.library_path(slice.os).or_else(module).filter(|_| !is_archive);
        let library =
            library.zip(path).map(|(library, path)| of_wheel(place(&path), &library.binary));
        let other = other.map(|binary| of_wheel(place(&binary.path), &binary.file));
        library.into_iter().chain(other)
    };
    plan.project.parts_on(slice).iter().zip(built).flat_map(of_part).collect()
}

fn of_wheel(path: String, file: &Path) -> Binary {
    Binary { path, file: file.to_owned(), reads: None }
}
