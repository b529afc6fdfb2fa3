//! Everything that a wheel says about itself.
//!
//! In: the bytes of any wheel and its file name. Out: a [`Description`]: names and tags, metadata,
//! files, binaries with what they need, Go build information and bills of materials. Judges nothing.

use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::elf::Kind;
use super::macho::ImageKind;
use super::{Binary, BinaryFile, Excluded, GoBuildInfo, Inspection, inspect_except};
use crate::wheel::{Archive, ArchiveEntry, Digest, Headers, Source};

/// Ten times the largest METADATA or SBOM of any published wheel.
const MAX_DOCUMENT: u64 = 16 << 20;
/// A larger binary is listed without its contents.
const MAX_BINARY: u64 = 1 << 30;

/// A wheel.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Description {
    /// The file name.
    pub file: String,
    /// The size of the file, in bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// The distribution in the file name, as spelled there; `null` if the file name is invalid.
    pub distribution: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The build number.
    pub build: Option<String>,
    /// The tags of the file name, expanded.
    pub tags: Vec<String>,
    /// The lowest platform tags that fit its binaries.
    pub lowest: Vec<String>,
    /// The reason for them.
    pub because: Option<String>,
    /// The fields of WHEEL, in order: the generator and the tags among them.
    pub wheel: Vec<Field>,
    /// The fields of METADATA, in order.
    pub metadata: Vec<Field>,
    /// The description in METADATA.
    pub description: String,
    /// The text of entry_points.txt.
    pub entry_points: String,
    /// The files, in the order of the archive.
    pub files: Vec<Member>,
    /// The binaries.
    pub binaries: Vec<DescribedBinary>,
    /// The bills of materials.
    pub sboms: Vec<Sbom>,
}

/// A field of METADATA or WHEEL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Member {
    /// Its path.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its size in the archive.
    pub compressed: u64,
    /// Its SHA-256; `null` if it cannot be read.
    pub sha256: Option<String>,
    /// Its Unix mode, in octal.
    pub mode: String,
    /// Its time.
    pub modified: String,
}

/// A binary.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DescribedBinary {
    /// Its path.
    pub path: String,
    /// The system it is for.
    pub system: Option<String>,
    /// The release of glibc, musl or macOS it needs: `2.17`.
    pub needs: Option<String>,
    /// The reason for that.
    pub because: Option<String>,
    /// For a stable-ABI module: the oldest Python with everything it uses.
    pub python: Option<String>,
    /// Its images: several in a fat Mach-O file, otherwise one.
    pub images: Vec<Image>,
}

/// The code for one architecture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Image {
    /// The architecture, as in platform tags.
    pub arch: Option<String>,
    /// Its purpose: `library`, `program`, `object` or `other`.
    pub kind: String,
    /// Its soname or install name.
    pub name: Option<String>,
    /// The dynamic loader of a program.
    pub interpreter: Option<String>,
    /// The libraries it needs, in order.
    pub needed: Vec<String>,
    /// The paths on which it looks for them.
    pub rpath: Vec<String>,
    /// Whether it has debug information or a symbol table for debuggers.
    pub unstripped: bool,
    /// Go's build information.
    pub go: Option<GoBuildInfo>,
}

/// A bill of materials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sbom {
    /// Its path.
    pub path: String,
    /// Its format: `CycloneDX 1.6`; `null` if that is unknown.
    pub format: Option<String>,
    /// Its components: the package URL of each, or the name.
    pub components: Vec<String>,
}

/// A wheel that is described, and its contents.
pub struct Described<'s> {
    /// Its contents.
    pub description: Description,
    archive: Archive<'s>,
}

impl<'s> Described<'s> {
    /// Describes the wheel in `source`, whose file name is `file_name`. `None` if `source` is not a zip
    /// archive with files, or unpacks to more than is safe.
    ///
    /// # Errors
    /// Only the file system's errors; no contents make it fail.
    pub fn read(source: &'s dyn Source, file_name: &str) -> io::Result<Option<Self>> {
        let archive = Archive::read(source)?;
        if archive.is_bomb() || archive.entries.is_empty() {
            return Ok(None);
        }
        let found = inspect_except(source, file_name, &Excluded::default())?;
        let mut read = Self { description: empty(&found, digest(source)?), archive };
        read.documents(&found);
        read.members(&found);
        Ok(Some(read))
    }

    /// The contents of the file at `path`, if they can be read and are no more than `max` bytes.
    pub fn contents(&self, path: &str, max: u64) -> Option<Vec<u8>> {
        let entry = self.archive.files().find(|entry| entry.name == path && entry.is_readable)?;
        self.archive.bytes(entry, max).ok()?
    }

    fn documents(&mut self, found: &Inspection) {
        let Some(dist_info) = &found.dist_info else { return };
        let read = |file: &str| self.contents(&format!("{dist_info}/{file}"), MAX_DOCUMENT);
        let parsed = |file: &str| read(file).and_then(|bytes| Headers::parse(&bytes).ok());
        let (wheel, metadata) = (parsed("WHEEL"), parsed("METADATA"));
        let entry_points = read("entry_points.txt").unwrap_or_default();
        let place = format!("{dist_info}/sboms/");
        let paths = self.archive.files().map(|entry| entry.name.clone());
        let paths: Vec<_> = paths.filter(|path| path.starts_with(&place)).collect();
        let sboms = paths.into_iter().map(|path| self.sbom(path)).collect();
        let into = &mut self.description;
        into.wheel = wheel.as_ref().map(fields).unwrap_or_default();
        into.metadata = metadata.as_ref().map(fields).unwrap_or_default();
        let body = metadata.map(|metadata| String::from_utf8_lossy(metadata.body()).into_owned());
        into.description = body.unwrap_or_default();
        into.entry_points = String::from_utf8_lossy(&entry_points).into_owned();
        into.sboms = sboms;
    }

    fn sbom(&self, path: String) -> Sbom {
        let bytes = self.contents(&path, MAX_DOCUMENT).unwrap_or_default();
        let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let format = text(&value["bomFormat"])
            .zip(text(&value["specVersion"]))
            .map(|(name, version)| format!("{name} {version}"))
            .or_else(|| text(&value["spdxVersion"]));
        let listed = value["components"].as_array().or(value["packages"].as_array());
        let components = listed.into_iter().flatten();
        let components = components.filter_map(|one| text(&one["purl"]).or(text(&one["name"])));
        Sbom { path, format, components: components.collect() }
    }

    fn members(&mut self, found: &Inspection) {
        let mut files = Vec::new();
        let mut binaries = Vec::new();
        for entry in self.archive.files() {
            let mut hasher = Sha256::new();
            let mut head = Vec::new();
            let whole = self.archive.stream(entry, &mut |piece| {
                hasher.update(piece);
                if head.len() < 4096 {
                    head.extend(piece.iter().take(4096));
                }
            });
            let sha256 = whole.ok().map(|()| Digest::from(hasher.finalize()).hex());
            // A PE file's signature may be far from its start.
            let may_be_binary = super::Format::of(&*head).is_some() || head.starts_with(b"MZ");
            if may_be_binary && sha256.is_some() {
                let bytes = self.archive.bytes(entry, MAX_BINARY).ok().flatten();
                let file = bytes.and_then(|bytes| BinaryFile::read(&entry.name, &*bytes).ok()?);
                binaries.extend(file.map(|file| binary(&file, found)));
            }
            files.push(member(entry, sha256));
        }
        self.description.files = files;
        self.description.binaries = binaries;
    }
}

fn empty(found: &Inspection, sha256: String) -> Description {
    let name = found.name.as_ref();
    Description {
        file: found.file_name.clone(),
        size: found.size,
        sha256,
        distribution: name.map(|name| name.dist.to_string()),
        version: name.map(|name| name.version.to_string()),
        build: name.and_then(|name| name.build.clone()),
        tags: name.map(|name| name.tag.expanded()).unwrap_or_default(),
        lowest: found.compatible.platforms.clone(),
        because: found.compatible.reason.clone(),
        wheel: Vec::new(),
        metadata: Vec::new(),
        description: String::new(),
        entry_points: String::new(),
        files: Vec::new(),
        binaries: Vec::new(),
        sboms: Vec::new(),
    }
}

fn digest(source: &dyn Source) -> io::Result<String> {
    let length = source.length()?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 18];
    let mut at = 0;
    while at < length {
        let count = usize::try_from(length - at).unwrap_or(usize::MAX).min(piece.len());
        let Some(part) = piece.get_mut(..count) else { break };
        source.read_at(at, part)?;
        hasher.update(&*part);
        at += count as u64;
    }
    Ok(Digest::from(hasher.finalize()).hex())
}

fn fields(headers: &Headers) -> Vec<Field> {
    let field = |(name, value): (&str, &str)| Field { name: name.into(), value: value.into() };
    headers.fields().map(field).collect()
}

fn member(entry: &ArchiveEntry, sha256: Option<String>) -> Member {
    Member {
        path: entry.name.clone(),
        size: entry.size,
        compressed: entry.compressed,
        sha256,
        mode: format!("{:o}", entry.mode),
        modified: entry.modified(),
    }
}

fn binary(file: &BinaryFile, found: &Inspection) -> DescribedBinary {
    let facts = found.binaries.iter().find(|facts| facts.path == file.path);
    let release = |release: Option<crate::target::Release>| release.map(|r| r.to_string());
    DescribedBinary {
        path: file.path.clone(),
        system: facts.map(|facts| facts.os.name.to_owned()),
        needs: release(facts.and_then(|facts| facts.needs)),
        because: facts.and_then(|facts| facts.reason.clone()),
        python: release(facts.and_then(|facts| facts.python)),
        images: images(file),
    }
}

fn images(file: &BinaryFile) -> Vec<Image> {
    let arch = |arch: Option<&str>| arch.map(str::to_owned);
    let kind = |is_program, is_library, is_object| {
        let kind = match (is_program, is_library, is_object) {
            (true, ..) => "program",
            (_, true, _) => "library",
            (.., true) => "object",
            _ => "other",
        };
        kind.to_owned()
    };
    match &file.binary {
        Binary::Elf(elf) => vec![Image {
            arch: arch(elf.arch),
            kind: kind(file.is_program(), file.is_library(), elf.kind == Kind::Object),
            name: elf.soname.clone(),
            interpreter: elf.interpreter.clone(),
            needed: elf.needed.clone(),
            rpath: if elf.runpath.is_empty() { elf.rpath.clone() } else { elf.runpath.clone() },
            unstripped: elf.has_symbol_table || elf.has_debug_info,
            go: file.go.clone(),
        }],
        Binary::MachO(slices) => slices
            .iter()
            .map(|slice| Image {
                arch: arch(slice.arch),
                kind: kind(
                    slice.kind == ImageKind::Program,
                    matches!(slice.kind, ImageKind::Dylib | ImageKind::Bundle),
                    slice.kind == ImageKind::Object,
                ),
                name: slice.id.clone(),
                interpreter: None,
                needed: slice.dylibs.iter().map(|dylib| dylib.name.clone()).collect(),
                rpath: slice.rpaths.clone(),
                unstripped: slice.has_debug_info,
                go: slice.go.clone(),
            })
            .collect(),
        Binary::Pe(pe) => vec![Image {
            arch: arch(pe.arch),
            kind: kind(!pe.is_dll, pe.is_dll, false),
            needed: pe.imports.iter().map(|import| import.dll.clone()).collect(),
            go: file.go.clone(),
            ..Image::default()
        }],
    }
}

impl Description {
    /// The values of the field `name` of WHEEL.
    pub fn wheel_field<'d>(&'d self, name: &'d str) -> impl Iterator<Item = &'d str> {
        let same = move |field: &&Field| field.name.eq_ignore_ascii_case(name);
        self.wheel.iter().filter(same).map(|field| field.value.as_str())
    }

    /// The files by path.
    pub fn by_path(&self) -> BTreeMap<&str, &Member> {
        self.files.iter().map(|file| (file.path.as_str(), file)).collect()
    }
}
