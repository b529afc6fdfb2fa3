//! The build info of a Go binary: the Go release, the modules and the build settings.
//!
//! In: the bytes of any binary. Out: a [`GoBuildInfo`], with the facts that `go version -m` prints.
//!
//! Source: Go's `debug/buildinfo/buildinfo.go` (the blob) and `runtime/debug/mod.go` (the text in
//! it). This is the format of Go 1.18 and later, which stores the text in the blob.

use memchr::memmem;
use schemars::JsonSchema;
use serde::Serialize;

use super::Bytes;
use super::bytes::to_usize;

const MAGIC: &[u8] = b"\xff Go buildinf:";
const ALIGNMENT: usize = 16;
const HEADER_SIZE: usize = 32;
const FLAGS_AT: usize = 15;
const FLAG_INLINE: u8 = 2;
/// Enough for `go1.27.3 X:...` with all experiments.
const MAX_VERSION: usize = 1024;
/// Ten times the text of a program with thousands of modules.
const MAX_TEXT: usize = 4 << 20;
/// The text about modules has a sentinel of sixteen bytes on both sides.
const SENTINEL: usize = 16;

/// A Go module in a binary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Module {
    /// Its path: `golang.org/x/sys`.
    pub path: String,
    /// Its version: `v0.30.0`, or `(devel)`.
    pub version: String,
    /// Its checksum, as in go.sum; empty for the main module.
    pub sum: String,
    /// The module that replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace: Option<Box<Module>>,
}

/// The build info of a binary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GoBuildInfo {
    /// The Go release: `go1.27.3`.
    pub go_version: String,
    /// The path of the main package, or `command-line-arguments` without a module.
    pub path: String,
    /// The module of the main package.
    pub main: Option<Module>,
    /// The modules it depends on.
    pub deps: Vec<Module>,
    /// The build settings, in order: `GOOS`, `GOARCH`, `-buildmode`, ...
    pub settings: Vec<(String, String)>,
}

impl GoBuildInfo {
    /// Reads the first complete blob in `bytes`; `None` if they were not built by Go 1.18 or later.
    ///
    /// The magic number alone proves nothing, because programs that read such blobs contain it too:
    /// it counts only if it is aligned and the rest can be decoded.
    pub fn read<'a>(bytes: impl Into<Bytes<'a>>) -> Option<Self> {
        let bytes = bytes.into().ordered(false);
        let (mut found, mut start) = (None, 0);
        let passed = bytes.pass(0, bytes.len(), &mut |piece| {
            if found.is_none() {
                // Pieces begin at multiples of the alignment.
                found = memmem::find_iter(piece, MAGIC)
                    .filter(|at| at % ALIGNMENT == 0)
                    .find_map(|at| Self::decode(bytes, start + at));
            }
            start += piece.len();
        });
        passed.ok().and(found)
    }

    /// The value of a build setting.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The `27` of `go1.27.3`.
    pub fn minor(&self) -> Option<u32> {
        let rest = self.go_version.strip_prefix("go1.")?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    }

    fn decode(bytes: Bytes<'_>, at: usize) -> Option<Self> {
        if bytes.u8(at + FLAGS_AT).ok()? & FLAG_INLINE == 0 {
            return None;
        }
        // Many places may look like a blob, so rejecting one must be cheap.
        let (start, length) = counted(bytes, at + HEADER_SIZE)?;
        if !(1..=MAX_VERSION).contains(&length) {
            return None;
        }
        let copy = |at, length| {
            let mut copy = Vec::new();
            bytes.pass(at, length, &mut |piece| copy.extend_from_slice(piece)).ok()?;
            Some(copy)
        };
        let go_version = String::from_utf8(copy(start, length)?).ok()?;
        let (text_at, text_length) = counted(bytes, start + length)?;
        if text_length > MAX_TEXT {
            return None;
        }
        let text = copy(text_at, text_length)?;
        let mut info = Self { go_version, ..Self::default() };
        let text = text.get(SENTINEL..text.len().saturating_sub(SENTINEL)).unwrap_or_default();
        for line in String::from_utf8_lossy(text).lines() {
            info.read_line(line);
        }
        Some(info)
    }

    /// Ignores unknown lines.
    fn read_line(&mut self, line: &str) {
        let Some((kind, rest)) = line.split_once('\t') else {
            return;
        };
        match kind {
            "path" => self.path = rest.to_owned(),
            "mod" => self.main = Some(module(rest)),
            "dep" => self.deps.push(module(rest)),
            "=>" => {
                if let Some(last) = self.deps.last_mut().or(self.main.as_mut()) {
                    last.replace = Some(Box::new(module(rest)));
                }
            }
            "build" => self.settings.extend(setting(rest)),
            _ => {}
        }
    }
}

fn module(columns: &str) -> Module {
    let mut columns = columns.split('\t').map(str::to_owned);
    let mut next = || columns.next().unwrap_or_default();
    Module { path: next(), version: next(), sum: next(), replace: None }
}

/// Parses `key=value`, where either may be a quoted Go string.
fn setting(text: &str) -> Option<(String, String)> {
    let (key, rest) = if text.starts_with(['"', '`']) {
        let (key, rest) = unquote(text)?;
        (key, rest.strip_prefix('=')?)
    } else {
        let (key, rest) = text.split_once('=')?;
        (key.to_owned(), rest)
    };
    let value = if rest.starts_with(['"', '`']) { unquote(rest)?.0 } else { rest.to_owned() };
    Some((key, value))
}

/// Parses a quoted string and returns the rest (Go's strconv.Unquote).
fn unquote(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        return raw.split_once('`').map(|(value, rest)| (value.to_owned(), rest));
    }
    let mut chars = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => {
                let digits = match chars.next()? {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    plain => {
                        value.push(match plain {
                            'n' => '\n',
                            't' => '\t',
                            'r' => '\r',
                            other => other,
                        });
                        continue;
                    }
                };
                let (hex, rest) = chars.as_str().split_at_checked(digits)?;
                let number = u32::from_str_radix(hex, 16).ok()?;
                value.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
                chars = rest.chars();
            }
            plain => value.push(plain),
        }
    }
}

/// The start and length of bytes that follow their length as a varint (Go's binary.Uvarint).
fn counted(bytes: Bytes<'_>, at: usize) -> Option<(usize, usize)> {
    let mut length = 0u64;
    for number in 0..9 {
        let byte = bytes.u8(at + number).ok()?;
        length |= u64::from(byte & 0x7f) << (7 * number);
        if byte & 0x80 == 0 {
            return Some((at + number + 1, to_usize(length)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_builders::go_blob;

    const TEXT: &str = "path\tcommand-line-arguments\nmod\texample.com/m\t(devel)\t\n\
        dep\tgolang.org/x/sys\tv0.1.0\th1:abc=\n=>\t./sys\tv0.2.0\th1:def=\n\
        build\t-buildmode=c-shared\nbuild\tGOOS=linux\nbuild\t-ldflags=\"-s \\\"-w\\\"\"\n\
        build\tCGO_CFLAGS=\n";

    #[test]
    fn build_info_is_parsed() {
        let mut bytes = vec![0; 48];
        bytes.extend(go_blob("go1.27.3", TEXT));
        let info = GoBuildInfo::read(&bytes).unwrap();
        assert_eq!(info.go_version, "go1.27.3");
        assert_eq!(info.path, "command-line-arguments");
        assert_eq!(info.main.unwrap().version, "(devel)");
        assert_eq!(info.deps.len(), 1);
        assert_eq!(info.deps[0].replace.as_ref().unwrap().path, "./sys");
        assert_eq!(
            info.settings,
            [
                ("-buildmode", "c-shared"),
                ("GOOS", "linux"),
                ("-ldflags", "-s \"-w\""),
                ("CGO_CFLAGS", "")
            ]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn a_magic_number_without_a_blob_is_ignored() {
        let mut bytes = vec![0; 8];
        bytes.extend(go_blob("go1.20", TEXT));
        assert_eq!(GoBuildInfo::read(&bytes), None, "not aligned");
        let mut bytes = MAGIC.to_vec();
        bytes.resize(64, 0);
        bytes.extend(go_blob("go1.21", ""));
        assert_eq!(GoBuildInfo::read(&bytes).unwrap().go_version, "go1.21");
    }
}
