//! Makes the inputs of the stages that concern declarations: what Go exports, and whether it is what
//! the author declared.

use std::sync::Arc;

use super::binding::CGO_HEADER;
use super::event::Scope;
use super::inputs::Inputs;
use super::stage::{CompareSignatures, Library, Prepared, ReadExports};
use crate::error::{Failure, Result};
use crate::project::{Extension, Part, Profile, compare_signatures};
use crate::target::{PythonAbi, Slice};

impl<'a> Inputs<'a> {
    /// For a part without declarations.
    pub(super) fn exports(&self, part: &'a Part, slice: Slice) -> Result<ReadExports<'a>> {
        let mut build = self.go_build(part, slice, PythonAbi::Abi3, None, None)?;
        // The library has files of the same names.
        build.dir = self.dir(&format!("{}-{}-exports", slice.name(), part.id))?;
        // cgo's header is the same for both.
        build.profile = Profile::Release;
        Ok(ReadExports { build })
    }

    /// For an extension whose declarations no compiled code uses.
    pub(super) fn compare(
        &self,
        part: &'a Part,
        extension: &'a Extension,
        slice: Slice,
        library: Arc<Library>,
        prepared: Option<&Prepared>,
    ) -> Result<CompareSignatures<'a>> {
        let module = &extension.module;
        let doing =
            format!("comparing the signatures of {module} with Go's header for {}", slice.name());
        let header =
            fs_err::read_to_string(&library.header).map_err(|error| Failure::io(&doing, &error))?;
        let scope = Scope::Slice(part.id.clone(), slice);
        Ok(CompareSignatures {
            comparison: compare_signatures(
                (CGO_HEADER, &header),
                &extension.signatures,
                &part.go.exports,
            ),
            module,
            doing,
            library,
            go_dir: prepared.map_or(&part.go, |prepared| &prepared.package).dir.clone(),
            slice,
            minimum: self.minimum()?.of_slice(slice),
            cc: self.cc(slice)?,
            driver: self.driver(slice)?,
            host: self.tools.host()?,
            environment: self.environment.clone(),
            config_file: self.config_file(),
            dir: self.dir(&format!("{scope}-signatures"))?,
        })
    }
}
