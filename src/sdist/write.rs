//! Writing an sdist.
//!
//! Input: its files and a time. Output: the bytes of a `.tar.gz`, the same for the same input.

use std::io::{Result, Write};

use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use super::Sdist;
use crate::wheel::Timestamp;

impl Sdist {
    /// Writes it as a `.tar.gz` in POSIX.1-2001 format: files sorted by path, with owner 0, mode
    /// 0644 or 0755 and the time `modified`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: impl Write, modified: Timestamp) -> Result<()> {
        // No time, name or system in the gzip header: they differ between machines.
        let gzip = GzBuilder::new().mtime(0).write(out, Compression::best());
        let mut archive = Builder::new(gzip);
        for (path, file) in self.contents.iter() {
            let path = format!("{}/{path}", self.root);
            let mut header = Header::new_ustar();
            header.set_entry_type(EntryType::Regular);
            header.set_size(file.bytes.len() as u64);
            header.set_mode(if file.executable { 0o755 } else { 0o644 });
            header.set_mtime(modified.unix());
            header.set_uid(0);
            header.set_gid(0);
            if !path.is_ascii() || header.set_path(&path).is_err() {
                // A path that ustar cannot hold goes into an extended header before it.
                archive.append_pax_extensions([("path", path.as_bytes())])?;
                let end =
                    path.char_indices().rev().map(|(at, _)| at).find(|at| path.len() - at > 60);
                let short: String = path[end.unwrap_or(0)..]
                    .chars()
                    .map(|c| if c.is_ascii() { c } else { '_' })
                    .collect();
                header.set_path(short.trim_matches('/'))?;
            }
            header.set_cksum();
            archive.append(&header, &*file.bytes)?;
        }
        archive.into_inner()?.finish()?.flush()
    }
}
