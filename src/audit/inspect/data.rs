//! Checks the directories of a wheel whose files are installed outside site-packages.

use std::collections::BTreeSet;

use crate::audit::{Finding, Report, catalogue};
use crate::wheel::{Archive, WheelName};

/// The directories that installers know (sysconfig's schemes).
const KEYS: &[&str] = &["data", "headers", "platlib", "purelib", "scripts"];

pub(super) fn check(archive: &Archive<'_>, name: Option<&WheelName>, findings: &mut Vec<Finding>) {
    let mut others = BTreeSet::new();
    let mut reported = BTreeSet::new();
    for entry in archive.files() {
        let mut parts = entry.name.splitn(3, '/');
        let Some(top) = parts.next().filter(|top| top.ends_with(".data")) else {
            continue;
        };
        let (key, file) = (parts.next(), parts.next());
        let why = match (key, file) {
            (Some(key), Some(_)) if KEYS.contains(&key) => None,
            (Some(key), Some(_)) => {
                let is_first = reported.insert((top, key));
                is_first.then(|| format!("is in {top}/{key}, which no installer knows"))
            }
            // A file called x.data.
            (None, _) => continue,
            _ => Some(format!("is directly in {top}")),
        };
        if let Some(what) = why {
            findings.report(catalogue::TAG_DATA_DIRECTORY, &entry.name, what);
        }
        let stem = top.strip_suffix(".data").unwrap_or(top);
        if name.is_some_and(|name| !name.is_stem(stem)) {
            others.insert(top);
        }
    }
    for top in others {
        let what = "is not named like the wheel, so some installers ignore its purpose";
        findings.report(catalogue::TAG_DATA_NAME, top, what);
    }
}
