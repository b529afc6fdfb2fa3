//! The native part of a target: the binaries of its slices, fused where it has several.

use std::path::PathBuf;

use fat_macho::FatWriter;

use super::linked;
use crate::error::{Failure, Result};
use crate::target::Target;

/// The binaries of one target, by their path in the wheel.
#[derive(Debug, Clone)]
pub(in crate::factory) struct NativePart {
    /// Path in the wheel and content.
    pub(in crate::factory) members: Vec<(String, Vec<u8>)>,
}

/// Reads the built files of `target`: `slices` has, for each of its slices, the same paths in
/// the wheel in the same order, with the file that was built for it.
///
/// # Errors
/// If a file cannot be read or fused.
pub(in crate::factory) fn native_part(
    target: Target,
    slices: &[&Vec<(String, PathBuf)>],
) -> Result<NativePart> {
    let doing = format!("collecting what was built for {target}");
    let mut members = Vec::new();
    let Some((first, others)) = slices.split_first() else {
        return Ok(NativePart { members });
    };
    for (index, (path, file)) in first.iter().enumerate() {
        let mut bytes = linked(file, "the linker", &doing)?;
        if !others.is_empty() {
            let others = others.iter().filter_map(|slice| slice.get(index));
            let mut parts = vec![bytes];
            for (_, file) in others {
                parts.push(linked(file, "the linker", &doing)?);
            }
            bytes = fuse(parts).map_err(|error| {
                Failure::build(
                    &doing,
                    format!("{path} cannot be made a fat binary: {error}"),
                    "build the single targets instead",
                )
            })?;
        }
        members.push((path.clone(), bytes));
    }
    Ok(NativePart { members })
}

/// One fat Mach-O of several thin ones. Nothing in them changes, so signatures stay valid.
fn fuse(parts: Vec<Vec<u8>>) -> Result<Vec<u8>, fat_macho::Error> {
    let mut writer = FatWriter::new();
    for part in parts {
        writer.add(part)?;
    }
    let mut fat = Vec::new();
    writer.write_to(&mut fat)?;
    Ok(fat)
}
