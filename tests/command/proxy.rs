//! A proxy of Go modules in a directory.

use std::io::{Cursor, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::support::Test;

/// Adds version v1.0.0 of the module `path` with `files` to the proxy in `dir`. Returns its lines of
/// go.sum.
pub fn publish(dir: &Path, path: &str, files: &[(&str, &str)]) -> String {
    let module = format!("module {path}\n");
    let dir = dir.join(path).join("@v");
    fs_err::create_dir_all(&dir).unwrap();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut hashed = Vec::new();
    for (name, text) in files.iter().chain([&("go.mod", module.as_str())]) {
        let name = format!("{path}@v1.0.0/{name}");
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
        hashed.push((name, *text));
    }
    fs_err::write(dir.join("v1.0.0.zip"), zip.finish().unwrap().into_inner()).unwrap();
    fs_err::write(dir.join("v1.0.0.mod"), &module).unwrap();
    fs_err::write(dir.join("v1.0.0.info"), "{\"Version\": \"v1.0.0\"}").unwrap();
    let own = [("go.mod".to_owned(), module.as_str())];
    format!("{path} v1.0.0 {}\n{path} v1.0.0/go.mod {}\n", h1(&mut hashed), h1(&mut own.to_vec()))
}

/// The hash of a module in go.sum, as golang.org/x/mod/sumdb/dirhash defines it.
fn h1(files: &mut [(String, &str)]) -> String {
    files.sort();
    let lines = files.iter().map(|(name, text)| {
        let hex: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{hex}  {name}\n")
    });
    format!("h1:{}", STANDARD.encode(Sha256::digest(lines.collect::<String>())))
}

impl Test {
    /// Downloads modules from the proxy in `dir` alone, into the directory `modules`.
    pub fn proxy(self, dir: &Path, modules: &Path) -> Self {
        self.env("GOMODCACHE", modules)
            .env("GOPROXY", format!("file://{}", dir.display()))
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "-modcacherw")
    }
}
