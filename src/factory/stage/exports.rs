//! Exports: the functions of cgo's header, for a part whose author declares none.
//!
//! Input: the same as that of the library. Output: the part of the header that declares them.

use serde_json::Value;

use super::library::GoBuild;
use crate::error::Result;
use crate::factory::event::Stage;
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::{Input, Io};
use crate::factory::store::{Bases, Found, Reads, Saved};
use crate::project::exported;

/// Reads the exports of the library that `build` would make.
pub(in crate::factory) struct ReadExports<'a> {
    pub(in crate::factory) build: GoBuild<'a>,
}

/// What Go exports.
#[derive(Debug)]
pub(in crate::factory) struct Exports {
    /// The end of cgo's header.
    pub(in crate::factory) header: String,
    /// The files that Go and the C compiler read, if all of them are known.
    reads: Option<Reads>,
}

impl Input for ReadExports<'_> {
    const STAGE: Stage = Stage::Exports;
    type Output = Exports;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        self.build.feed(into)
    }

    /// # Errors
    /// Go's message about the package.
    fn run(self, io: &Io<'_>) -> Result<Exports> {
        let start = self.build.dir.clock();
        let (header, listed) = self.build.cgo_header(io.log)?;
        let files = self.build.files();
        let reads = if files.are_known() { files.reads(&listed, start) } else { None };
        Ok(Exports { header: exported(&header).to_owned(), reads })
    }

    fn key(&self, into: &mut Hasher) -> Result<bool> {
        self.build.key(into)
    }

    fn tools(&self) -> Bases {
        self.build.tools()
    }

    fn save(exports: &Exports) -> Option<Saved> {
        let (value, reads) = (Value::from(exports.header.as_str()), exports.reads.clone()?);
        Some(Saved { files: Vec::new(), value, reads })
    }

    fn restore(&self, found: Found) -> Result<Option<Exports>> {
        let Value::String(header) = found.value else { return Ok(None) };
        Ok(Some(Exports { header, reads: Some(found.reads) }))
    }
}
