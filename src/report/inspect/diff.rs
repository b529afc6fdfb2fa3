//! How two wheels differ, from names to single bytes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::audit::{Described, DescribedBinary, Description, Field, GoBuildInfo, Image, Member};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// The subject: `tags`, `metadata`, `archive` or the path of a file.
    pub subject: String,
    /// The difference, in words.
    pub what: String,
}

/// A text file larger than this is compared by its digest only.
const MAX_TEXT: u64 = 4 << 20;
/// A binary larger than this is compared by its facts and digest only.
const MAX_BYTES: u64 = 256 << 20;

/// The differences of `two` from `one`; nothing if their bytes are the same.
pub fn differences(one: &Described<'_>, two: &Described<'_>) -> Vec<Difference> {
    let (a, b) = (&one.description, &two.description);
    let mut found = Found::default();
    if a.sha256 == b.sha256 {
        return found.0;
    }
    found.value("name", &a.distribution, &b.distribution);
    found.value("version", &a.version, &b.version);
    found.value("build number", &a.build, &b.build);
    found.lists("tags", &a.tags, &b.tags);
    found.fields("WHEEL", &a.wheel, &b.wheel);
    found.fields("metadata", &a.metadata, &b.metadata);
    let (files_a, files_b) = (a.by_path(), b.by_path());
    for (path, file) in &files_a {
        match files_b.get(path) {
            None => found.add(path, format!("is in the first only ({} bytes)", file.size)),
            Some(other) => found.member(one, two, file, other),
        }
    }
    for (path, file) in &files_b {
        if !files_a.contains_key(path) {
            found.add(path, format!("is in the second only ({} bytes)", file.size));
        }
    }
    found.archive(a, b);
    if found.0.is_empty() {
        found.add("archive", "has the same files, written differently".to_owned());
    }
    found.0
}

#[derive(Default)]
struct Found(Vec<Difference>);

impl Found {
    fn add(&mut self, subject: &str, what: String) {
        self.0.push(Difference { subject: subject.to_owned(), what });
    }

    fn value(&mut self, subject: &str, one: &Option<String>, two: &Option<String>) {
        if one != two {
            let text =
                |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
            self.add(subject, format!("{} / {}", text(one), text(two)));
        }
    }

    fn lists(&mut self, subject: &str, one: &[String], two: &[String]) {
        let only = |own: &[String], other: &[String]| {
            let own = own.iter().filter(|value| !other.contains(value));
            own.cloned().collect::<Vec<_>>().join(", ")
        };
        let (removed, added) = (only(one, two), only(two, one));
        match (removed.as_str(), added.as_str()) {
            ("", "") if one == two => {}
            ("", "") => self.add(subject, "are in another order".to_owned()),
            (removed, "") => self.add(subject, format!("in the first only: {removed}")),
            ("", added) => self.add(subject, format!("in the second only: {added}")),
            (removed, added) => self.add(subject, format!("{removed} / {added}")),
        }
    }

    fn fields(&mut self, subject: &str, one: &[Field], two: &[Field]) {
        let grouped = |fields: &[Field]| {
            let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for field in fields {
                all.entry(field.name.clone()).or_default().push(field.value.clone());
            }
            all
        };
        let (one, two) = (grouped(one), grouped(two));
        let mut names: Vec<_> = one.keys().chain(two.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            let of =
                |all: &BTreeMap<String, Vec<String>>| all.get(name).cloned().unwrap_or_default();
            self.lists(&format!("{subject} {name}"), &of(&one), &of(&two));
        }
    }

    /// A file that both have.
    fn member(&mut self, one: &Described<'_>, two: &Described<'_>, a: &Member, b: &Member) {
        if a.mode != b.mode {
            self.add(&a.path, format!("mode {} / {}", a.mode, b.mode));
        }
        if a.sha256 == b.sha256 && a.sha256.is_some() {
            return;
        }
        let before = self.0.len();
        let described = |of: &Described<'_>| {
            of.description.binaries.iter().find(|binary| binary.path == a.path).cloned()
        };
        let binaries = (described(one), described(two));
        if let (Some(first), Some(second)) = &binaries {
            self.binary(first, second);
        }
        let max = if binaries.0.is_some() { MAX_BYTES } else { MAX_TEXT };
        let (Some(x), Some(y)) = (one.contents(&a.path, max), two.contents(&a.path, max)) else {
            return self.add(&a.path, format!("{} bytes / {} bytes", a.size, b.size));
        };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        match (text(&x), text(&y)) {
            (Some(x), Some(y)) if binaries.0.is_none() => self.text(&a.path, &x, &y),
            _ => self.bytes(&a.path, &x, &y, self.0.len() > before),
        }
    }

    /// The first lines that differ.
    fn text(&mut self, path: &str, one: &str, two: &str) {
        let (one, two): (Vec<_>, Vec<_>) = (one.lines().collect(), two.lines().collect());
        let start = one.iter().zip(&two).take_while(|(x, y)| x == y).count();
        let (one_rest, two_rest) = (&one[start..], &two[start..]);
        let pairs = one_rest.iter().rev().zip(two_rest.iter().rev());
        let end = pairs.take_while(|(x, y)| x == y).count();
        let (one, two) = (without_end(one_rest, end), without_end(two_rest, end));
        let first =
            |lines: &[&str]| lines.first().map_or("nothing".to_owned(), |line| shortened(line));
        let what = match (one.len(), two.len()) {
            (0, 0) => "differs in line ends".to_owned(),
            (removed, added) => format!(
                "line {}: {removed} lines / {added} lines, starting with {} / {}",
                start + 1,
                first(one),
                first(two)
            ),
        };
        self.add(path, what);
    }

    fn bytes(&mut self, path: &str, one: &[u8], two: &[u8], explained: bool) {
        let first =
            one.iter().zip(two).position(|(x, y)| x != y).unwrap_or(one.len().min(two.len()));
        let count = one.iter().zip(two).filter(|(x, y)| x != y).count();
        let why =
            if explained { "" } else { "; nothing else in the wheel explains the difference" };
        let what = match one.len() == two.len() {
            true => format!("{count} of {} bytes differ, from byte {first}{why}", one.len()),
            false => format!(
                "{} bytes / {} bytes, different from byte {first}{why}",
                one.len(),
                two.len()
            ),
        };
        self.add(path, what);
    }

    fn binary(&mut self, one: &DescribedBinary, two: &DescribedBinary) {
        let path = one.path.as_str();
        self.value(&format!("{path} minimum system"), &one.needs, &two.needs);
        self.value(&format!("{path} decided by"), &one.because, &two.because);
        self.value(&format!("{path} stable ABI"), &one.python, &two.python);
        let archs = |binary: &DescribedBinary| {
            binary.images.iter().filter_map(|image| image.arch.clone()).collect::<Vec<_>>()
        };
        self.lists(&format!("{path} architectures"), &archs(one), &archs(two));
        for image in &one.images {
            if let Some(other) = two.images.iter().find(|other| other.arch == image.arch) {
                self.image(path, image, other);
            }
        }
    }

    fn image(&mut self, path: &str, one: &Image, two: &Image) {
        let subject = |what: &str| format!("{path} {what}");
        self.value(&subject("kind"), &Some(one.kind.clone()), &Some(two.kind.clone()));
        self.value(&subject("name"), &one.name, &two.name);
        self.value(&subject("loader"), &one.interpreter, &two.interpreter);
        self.lists(&subject("needed libraries"), &one.needed, &two.needed);
        self.lists(&subject("search paths"), &one.rpath, &two.rpath);
        if one.unstripped != two.unstripped {
            let which = if one.unstripped { "first" } else { "second" };
            self.add(path, format!("has symbols for debuggers in the {which} only"));
        }
        let version = |go: &Option<GoBuildInfo>| go.as_ref().map(|go| go.go_version.clone());
        self.value(&subject("Go"), &version(&one.go), &version(&two.go));
        if let (Some(one), Some(two)) = (&one.go, &two.go) {
            self.lists(&subject("Go modules"), &modules(one), &modules(two));
            self.lists(&subject("build settings"), &settings(one), &settings(two));
        }
    }

    /// What is left once contents are compared: order, times and compression.
    fn archive(&mut self, a: &Description, b: &Description) {
        let common = |own: &Description, other: &Description| {
            let other = other.by_path();
            let paths = own.files.iter().map(|file| file.path.clone());
            paths.filter(|path| other.contains_key(path.as_str())).collect::<Vec<_>>()
        };
        if common(a, b) != common(b, a) {
            self.add("archive", "the files are in another order".to_owned());
        }
        let others = b.by_path();
        let pairs =
            || a.files.iter().filter_map(|file| Some((file, *others.get(file.path.as_str())?)));
        let mut times = pairs().filter(|(file, other)| file.modified != other.modified);
        if let Some((file, other)) = times.next() {
            let more = times.count();
            let (then, now) = (&file.modified, &other.modified);
            let more = if more == 0 { String::new() } else { format!(", and of {more} more") };
            self.add("archive", format!("the time of {}: {then} / {now}{more}", file.path));
        }
        let same = |file: &Member, other: &Member| file.sha256 == other.sha256;
        let packed = |(file, other): &(&Member, &Member)| {
            same(file, other) && file.compressed != other.compressed
        };
        let count = pairs().filter(packed).count();
        if count > 0 {
            self.add(
                "archive",
                format!("{count} files with the same contents are compressed differently"),
            );
        }
    }
}

fn modules(go: &GoBuildInfo) -> Vec<String> {
    let built = go.deps.iter().map(|module| (module, module.replace.as_deref()));
    built
        .map(|(module, replacement)| match replacement {
            Some(by) => format!("{} => {} {}", module.path, by.path, by.version),
            None => format!("{} {}", module.path, module.version),
        })
        .chain(go.main.iter().map(|main| format!("{} {}", main.path, main.version)))
        .collect()
}

fn settings(go: &GoBuildInfo) -> Vec<String> {
    go.settings.iter().map(|(key, value)| format!("{key}={value}")).collect()
}

fn without_end<'l, 's>(lines: &'l [&'s str], end: usize) -> &'l [&'s str] {
    lines.get(..lines.len().saturating_sub(end)).unwrap_or_default()
}

/// A line that fits a message.
fn shortened(line: &str) -> String {
    let mut text: String = line.trim().chars().take(60).collect();
    if text.len() < line.trim().len() {
        text.push('…');
    }
    format!("`{text}`")
}
