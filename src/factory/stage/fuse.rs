//! The native part of a target: the binaries of its slices, merged where it has several.

use std::sync::{Arc, OnceLock};

use fat_macho::FatWriter;

use super::{Binary, linked};
use crate::error::{Failure, Result};
use crate::factory::event::Stage;
use crate::factory::fingerprint::{self, Hasher};
use crate::factory::flow::{Input, Io};
use crate::target::Target;

/// Merges the binaries of several slices into fat ones.
pub(in crate::factory) struct Fuse {
    pub(in crate::factory) target: Target,
    /// For each slice the same paths in the same order.
    pub(in crate::factory) slices: Vec<Vec<Binary>>,
}

/// The binaries of one target.
#[derive(Debug, Clone, Default)]
pub(in crate::factory) struct NativePart {
    /// Path in the wheel and content, which the wheel shares.
    pub(in crate::factory) binaries: Vec<(String, Arc<[u8]>)>,
    /// Of all paths and contents.
    digest: OnceLock<String>,
}

impl NativePart {
    /// Reads the binaries of a target that has a single slice.
    ///
    /// # Errors
    /// If one cannot be read or is empty.
    pub(in crate::factory) fn read(target: Target, binaries: &[Binary]) -> Result<Self> {
        let doing = collecting(target);
        let read =
            |Binary { path, file, .. }: &Binary| Ok((path.clone(), linked::content(file, &doing)?));
        Ok(Self::new(binaries.iter().map(read).collect::<Result<_>>()?))
    }

    fn new(binaries: Vec<(String, Arc<[u8]>)>) -> Self {
        Self { binaries, digest: OnceLock::new() }
    }

    /// Feeds every binary to a fingerprint.
    ///
    /// # Errors
    /// None in practice.
    pub(super) fn feed(&self, into: &mut Hasher) -> Result<()> {
        let digest = || {
            let of = |(path, bytes): &(String, Arc<[u8]>)| (path.clone(), fingerprint::of(bytes));
            format!("{:?}", self.binaries.iter().map(of).collect::<Vec<_>>())
        };
        into.value("binaries", self.digest.get_or_init(digest))
    }
}

impl Input for Fuse {
    const STAGE: Stage = Stage::Fuse;
    type Output = NativePart;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        let Self { target, slices } = self;
        into.value("target", &target.name())?;
        slices.iter().flatten().try_for_each(|binary| into.file(&binary.path, &binary.file))
    }

    /// # Errors
    /// If a file cannot be read or is not a Mach-O image.
    fn run(self, _io: &Io<'_>) -> Result<NativePart> {
        let doing = collecting(self.target);
        let images = |index: usize| {
            let files = self.slices.iter().filter_map(|slice| slice.get(index));
            files
                .map(|binary| Ok(linked::content(&binary.file, &doing)?.to_vec()))
                .collect::<Result<_>>()
        };
        let first = self.slices.first().into_iter().flatten();
        let fused = first.enumerate().map(|(index, Binary { path, .. })| {
            let bytes = fuse(images(index)?).map_err(|error| {
                let found = format!("{path} cannot be made a fat binary: {error}");
                Failure::build(&doing, found, "build the single targets instead")
            })?;
            Ok((path.clone(), bytes.into()))
        });
        Ok(NativePart::new(fused.collect::<Result<_>>()?))
    }
}

fn collecting(target: Target) -> String {
    format!("collecting what was built for {target}")
}

/// One fat Mach-O file of several images, none of which changes: their signatures stay valid.
fn fuse(parts: Vec<Vec<u8>>) -> Result<Vec<u8>, fat_macho::Error> {
    let mut writer = FatWriter::new();
    for part in parts {
        writer.add(part)?;
    }
    let mut fat = Vec::new();
    writer.write_to(&mut fat)?;
    Ok(fat)
}
