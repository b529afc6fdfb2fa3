//! A wheel whose documents can be edited before it is written.

use super::File;
use crate::test_builders::zip;
use crate::wheel::record::{self, Row};
use crate::wheel::{Digest, WheelName};

pub(super) struct Draft {
    file_name: String,
    dist_info: String,
    files: Vec<(String, Vec<u8>)>,
    record: Vec<(String, String)>,
}

impl Draft {
    /// A wheel with METADATA and WHEEL that match its name.
    pub(super) fn new(file_name: &str) -> Self {
        let name: WheelName = file_name.parse().unwrap();
        let (dist, version) = (&name.dist, &name.version);
        let metadata = format!("Metadata-Version: 2.4\nName: {dist}\nVersion: {version}\n");
        let mut wheel = format!("Wheel-Version: 1.0\nRoot-Is-Purelib: {}\n", name.tag.is_pure());
        wheel.extend(name.build.iter().map(|build| format!("Build: {build}\n")));
        wheel.extend(name.tag.expanded().iter().map(|tag| format!("Tag: {tag}\n")));
        let mut draft = Self {
            file_name: file_name.to_owned(),
            dist_info: name.dist_info(),
            files: Vec::new(),
            record: Vec::new(),
        };
        draft.document("METADATA", metadata);
        draft.document("WHEEL", wheel);
        draft
    }

    /// A wheel without native code.
    pub(super) fn pure() -> Self {
        Self::new("x-1.0-py3-none-any.whl").file("x.py", "x = 1\n")
    }

    fn document(&mut self, name: &str, text: String) {
        self.files.push((format!("{}/{name}", self.dist_info), text.into_bytes()));
    }

    pub(super) fn file(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(0, (path.to_owned(), bytes.into()));
        self
    }

    /// Adds a file of .dist-info.
    pub(super) fn info(mut self, name: &str, text: &str) -> Self {
        self.document(name, text.to_owned());
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.files.retain(|(path, _)| !path.ends_with(&format!("/{name}")));
        self
    }

    /// Replaces text in a file of .dist-info.
    pub(super) fn edit(mut self, name: &str, from: &str, to: &str) -> Self {
        if name == "RECORD" {
            self.record.push((from.to_owned(), to.to_owned()));
            return self;
        }
        let path = format!("{}/{name}", self.dist_info);
        let (_, bytes) = self.files.iter_mut().find(|(own, _)| *own == path).unwrap();
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        *bytes = text.replace(from, to).into_bytes();
        self
    }

    /// Adds lines to METADATA.
    pub(super) fn header(self, lines: &str) -> Self {
        self.edit("METADATA", "Name:", &format!("{lines}\nName:"))
    }

    /// Sets the Metadata-Version.
    pub(super) fn version(self, version: &str) -> Self {
        self.edit("METADATA", "Version: 2.4", &format!("Version: {version}"))
    }

    /// Gives .dist-info another name.
    pub(super) fn dist_info(mut self, name: &str) -> Self {
        for (path, _) in &mut self.files {
            *path = path.replace(&self.dist_info, name);
        }
        name.clone_into(&mut self.dist_info);
        self
    }

    /// Changes the file name alone.
    pub(super) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.file_name);
        self
    }

    /// The files with RECORD.
    pub(super) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let row = |(path, bytes): &(String, Vec<u8>)| {
            Row::new(path, Digest::of(bytes), bytes.len() as u64)
        };
        let itself = format!("{}/RECORD", self.dist_info);
        let mut rows: Vec<_> = self.files.iter().map(row).collect();
        rows.push(Row::of_record(&itself));
        let mut text = String::from_utf8(record::write(&rows).unwrap()).unwrap();
        for (from, to) in &self.record {
            assert!(text.contains(from), "{from} is not in {text}");
            text = text.replace(from, to);
        }
        let mut files = self.files.clone();
        files.push((itself, text.into_bytes()));
        files
    }

    pub(super) fn name(&self) -> String {
        self.file_name.clone()
    }

    pub(super) fn build(&self) -> File {
        (self.name(), zip(self.files()))
    }

    /// The file with its zip changed.
    pub(super) fn build_with(&self, change: impl FnOnce(&mut Vec<u8>)) -> File {
        let (name, mut bytes) = self.build();
        change(&mut bytes);
        (name, bytes)
    }
}
