//! Compares RECORD with the files in the wheel.

use std::collections::{HashMap, HashSet};

use super::documents::Documents;
use super::unpack::{Sum, files};
use crate::audit::{Finding, Report, catalogue};
use crate::wheel::Archive;
use crate::wheel::record::{self, Row};

/// The hash algorithm of each file in RECORD, SHA-256 aside.
pub(super) fn algorithms(documents: &Documents) -> HashMap<String, &'static str> {
    let lines = documents.record.as_deref().map(record::read).unwrap_or_default();
    let wanted = lines.into_iter().flatten().filter_map(|line| {
        let (algorithm, _) = line.hash.split_once('=')?;
        let known = ["sha384", "sha512"].into_iter().find(|known| *known == algorithm)?;
        Some((slashed(&line.path), known))
    });
    wanted.collect()
}

/// Some Windows tools write `\` instead of `/`.
fn slashed(path: &str) -> String {
    path.replace('\\', "/")
}

pub(super) fn check(
    archive: &Archive<'_>,
    documents: &Documents,
    sums: &HashMap<String, Sum>,
    findings: &mut Vec<Finding>,
) {
    let Some(dist_info) = &documents.dist_info else {
        return;
    };
    let itself = format!("{dist_info}/RECORD");
    let Some(bytes) = &documents.record else {
        findings.report(catalogue::RECORD_MISSING, "", format!("has no {itself}"));
        return;
    };
    let files: Vec<_> = files(archive).into_iter().map(|entry| entry.name.as_str()).collect();
    let there: HashSet<&str> = files.iter().copied().collect();
    // RECORD is signed after it is written.
    let exempt = [format!("{itself}.jws"), format!("{itself}.p7s")];
    let mut listed: HashMap<String, Row> = HashMap::new();
    for line in record::read(bytes) {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                let what = format!("is malformed: {error}");
                findings.report(catalogue::RECORD_MALFORMED, &itself, what);
                continue;
            }
        };
        let path = slashed(&line.path);
        if let Some(first) = listed.get(&path) {
            if (&first.hash, &first.size) != (&line.hash, &line.size) {
                let what = "is listed in RECORD twice, with different hashes or sizes";
                findings.report(catalogue::RECORD_DUPLICATE, &path, what);
            }
            continue;
        }
        listed.insert(path.clone(), line.clone());
        if !there.contains(path.as_str()) {
            let what = "is listed in RECORD, but is not in the wheel";
            findings.report(catalogue::RECORD_NOT_THERE, &path, what);
        } else if exempt.contains(&path) {
            findings.report(
                catalogue::RECORD_SIGNATURE,
                &path,
                "is listed in RECORD, which it signs",
            );
        } else if path == itself {
            if !line.hash.is_empty() || !line.size.is_empty() {
                findings.report(catalogue::RECORD_ITSELF, &path, "lists a hash or size for itself");
            }
        } else {
            compare(&path, &line, sums.get(&path), findings);
        }
    }
    for file in files {
        if !listed.contains_key(file) && !exempt.iter().any(|exempt| exempt == file) {
            findings.report(catalogue::RECORD_UNLISTED, file, "is not listed in RECORD");
        }
    }
}

/// Algorithms that the specification forbids. Unknown ones may be stronger than SHA-256.
const WEAK: &[&str] = &["", "md5", "sha1", "sha224", "md5-sha1", "ripemd160"];

fn compare(path: &str, line: &Row, sum: Option<&Sum>, findings: &mut Vec<Finding>) {
    let (algorithm, digest) = line.hash.split_once('=').unwrap_or(("", &line.hash));
    if WEAK.contains(&algorithm) {
        let what = match algorithm {
            "" => "has no hash in RECORD".to_owned(),
            weak => format!("has only a weak hash in RECORD ({weak})"),
        };
        findings.report(catalogue::RECORD_NO_HASH, path, what);
    }
    let Some(sum) = sum else {
        return;
    };
    let is_computed = matches!(algorithm, "sha256" | "sha384" | "sha512");
    if is_computed && digest.trim_end_matches('=') != sum.digest {
        let what = "does not match its hash in RECORD";
        findings.report(catalogue::RECORD_HASH, path, what);
    }
    // The size is optional.
    if !line.size.is_empty() && line.size.parse() != Ok(sum.size) {
        let what = format!("has {} bytes, but RECORD says {}", sum.size, line.size);
        findings.report(catalogue::RECORD_SIZE, path, what);
    }
}
