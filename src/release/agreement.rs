//! Whether the parts of a release were built from the same sources with the same tools.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::parts::BuiltFile;
use crate::audit::{BinaryFile, Format};
use crate::error::{Failure, Result};
use crate::factory::is_generated;
use crate::relative_path::file_name;
use crate::report::Report;
use crate::wheel::{Digest, Headers, Requirement, WheelFile, WheelName};

/// The requirement that pygo adds to wheels with an extension module of cffi.
const ADDED: &str = "cffi";

/// Reports what differs between runs: versions, settings and sources.
pub(super) fn runs(reports: &[(PathBuf, Report)], problems: &mut Vec<String>) {
    type Fact = fn(&Report) -> Option<String>;
    let facts: &[(&str, Fact)] = &[
        ("pygo", |report| Some(report.pygo.clone())),
        ("Go", |report| Some(report.tools.as_ref()?.go.version.clone())),
        ("C compiler", |report| {
            let c = report.tools.as_ref()?.c.as_ref()?;
            Some(format!("{} {}", c.name, c.version))
        }),
        ("cffi", |report| report.tools.as_ref()?.cffi.clone()),
        ("profile", |report| report.profile.clone()),
        ("commit", |report| Some(report.source.as_ref()?.commit.clone())),
    ];
    for (what, fact) in facts {
        let mut known: BTreeMap<String, &PathBuf> = BTreeMap::new();
        for (path, report) in reports {
            if let Some(value) = fact(report) {
                known.entry(value).or_insert(path);
            }
        }
        if known.len() > 1 {
            let each = known.iter().map(|(value, path)| format!("{value} ({})", path.display()));
            let each: Vec<_> = each.collect();
            problems.push(format!("the {what} differs: {}", each.join(", ")));
        }
    }
    // A shard without targets reads the project, too.
    let mut with_sources = reports.iter().filter(|(_, report)| !report.sources.is_empty());
    let Some((first_path, first)) = with_sources.next() else { return };
    for (path, report) in with_sources {
        let names = first.sources.keys().chain(report.sources.keys());
        let mut changed: Vec<&String> =
            names.filter(|name| first.sources.get(*name) != report.sources.get(*name)).collect();
        changed.sort();
        changed.dedup();
        if !changed.is_empty() {
            let names: Vec<_> = changed.iter().map(|name| name.as_str()).collect();
            problems.push(format!(
                "{} and {} had different sources: {}",
                first_path.display(),
                path.display(),
                names.join(", ")
            ));
        }
    }
}

/// What wheels of one release have in common: files by path with their digests, and Go modules by
/// binary and path with their versions.
#[derive(Debug, Default, PartialEq)]
struct Common {
    files: BTreeMap<String, String>,
    modules: BTreeMap<(String, String), String>,
    metadata: Vec<(String, String)>,
}

/// Reports what differs between wheels, except for what depends on the target.
pub(super) fn wheels(files: &[(&WheelName, &BuiltFile)], problems: &mut Vec<String>) -> Result<()> {
    let mut first: Option<(&str, Common)> = None;
    for (_, file) in files {
        let own = Common::read(file)?;
        match &first {
            None => first = Some((&file.name, own)),
            Some((name, common)) => {
                let differences = common.differences(&own);
                problems.extend(
                    differences.into_iter().map(|what| format!("{name} and {}: {what}", file.name)),
                );
            }
        }
    }
    Ok(())
}

impl Common {
    fn read(file: &BuiltFile) -> Result<Self> {
        let wheel = WheelFile::read(&file.path).map_err(|error| {
            let doing = format!("reading {}", file.path.display());
            Failure::build(doing, error.to_string(), "build the wheel again")
        })?;
        let mut common = Self::default();
        for (path, member) in wheel.contents.iter() {
            let path = path.as_str();
            if let Ok(Some(binary)) = BinaryFile::read(path, &*member.bytes) {
                common.add_modules(&binary);
                continue;
            }
            if Format::of(&*member.bytes).is_some() {
                continue;
            }
            let inner =
                path.strip_prefix(wheel.dist_info.as_str()).and_then(|p| p.strip_prefix('/'));
            match inner {
                Some("RECORD" | "WHEEL" | "top_level.txt") => {}
                Some(inner) if inner.starts_with("sboms/") => {}
                Some("METADATA") => common.metadata = fields(&member.bytes),
                _ if is_generated(path, &member.bytes) => {}
                _ => {
                    common.files.insert(path.to_owned(), Digest::of(&member.bytes).hex());
                }
            }
        }
        Ok(common)
    }

    fn add_modules(&mut self, binary: &BinaryFile) {
        // `lib/libhello.so` and `lib/libhello.dylib`, or `hello` and `hello.exe`, are the same part.
        let file = file_name(&binary.path);
        let stem = file.split('.').next().unwrap_or(file).trim_start_matches("lib").to_owned();
        for module in binary.go_builds().iter().flat_map(|(_, info)| &info.deps) {
            let built = module.replace.as_deref().unwrap_or(module);
            let version = format!("{}@{} {}", built.path, built.version, built.sum);
            self.modules.insert((stem.clone(), module.path.clone()), version);
        }
    }

    fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut names: Vec<_> =
            self.metadata.iter().chain(&other.metadata).map(|(n, _)| n).collect();
        names.sort();
        names.dedup();
        for name in names {
            let values = |all: &[(String, String)]| {
                let own = all.iter().filter(|(field, _)| field == name);
                own.map(|(_, value)| value.clone()).collect::<Vec<_>>()
            };
            let (one, two) = (values(&self.metadata), values(&other.metadata));
            if one != two {
                found.push(match name.as_str() {
                    "" => "the description in METADATA differs".to_owned(),
                    name => {
                        format!("{name} in METADATA differs: {} and {}", list(&one), list(&two))
                    }
                });
            }
        }
        for (path, what) in differing(&self.files, &other.files) {
            found.push(format!("{path} {what}"));
        }
        // A module may be needed on one system only.
        for ((part, module), version) in &self.modules {
            let other = other.modules.get(&(part.clone(), module.clone()));
            if other.is_some_and(|other| other != version) {
                found.push(format!("{part} has different versions of the Go module {module}"));
            }
        }
        found
    }
}

/// The paths at which two wheels differ, and how.
fn differing<'f>(
    one: &'f BTreeMap<String, String>,
    two: &'f BTreeMap<String, String>,
) -> Vec<(&'f str, &'static str)> {
    let changed = one.iter().filter_map(|(path, digest)| match two.get(path) {
        None => Some((path.as_str(), "is in the first only")),
        Some(other) if other != digest => Some((path.as_str(), "differs")),
        Some(_) => None,
    });
    let added = two.keys().filter(|path| !one.contains_key(*path));
    changed.chain(added.map(|path| (path.as_str(), "is in the second only"))).collect()
}

fn list(values: &[String]) -> String {
    if values.is_empty() { "nothing".to_owned() } else { values.join("; ") }
}

/// The fields of METADATA, and the description as a field without a name, without the requirement
/// that pygo adds for some targets.
fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    let Ok(headers) = Headers::parse(bytes) else {
        return vec![(String::new(), Digest::of(bytes).hex())];
    };
    let is_added = |name: &str, value: &str| {
        name.eq_ignore_ascii_case("Requires-Dist")
            && Requirement::parse(value).is_ok_and(|required| required.name.normalized() == ADDED)
    };
    let fields = headers.fields().filter(|(name, value)| !is_added(name, value));
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    fields.chain([(String::new(), Digest::of(headers.body()).hex())]).collect()
}
