//! The questions that are asked of one binary at a time. One file per subject; each takes what
//! was read and adds what it finds.

pub(super) mod elf;
pub(super) mod extension;
pub(super) mod go;
pub(super) mod macho;

use crate::target::Target;

/// Whether a binary for the processor `arch`, as tags name it, is one of `target`.
pub(super) fn serves(target: Target, arch: Option<&str>) -> bool {
    target.slices().iter().any(|slice| Some(slice.arch.tag(slice.system)) == arch)
}
