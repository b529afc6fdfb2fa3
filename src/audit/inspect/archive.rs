//! Turns the faults of the archive into findings.

use crate::audit::{Finding, Rule, catalogue};
use crate::wheel::{Archive, ArchiveFault, ArchiveFaultKind as Kind, WheelName};

pub(super) fn check(archive: &Archive<'_>, name: Option<&WheelName>, findings: &mut Vec<Finding>) {
    let applies = |kind: Kind| match kind {
        Kind::CaseCollision => {
            may_run_on(name, |tag| tag.starts_with("win") || tag.starts_with("macosx"))
        }
        Kind::DeviceName => may_run_on(name, |tag| tag.starts_with("win")),
        _ => true,
    };
    let faults = archive.faults.iter().filter(|fault| applies(fault.kind));
    findings.extend(faults.map(finding));
}

pub(super) fn finding(fault: &ArchiveFault) -> Finding {
    Finding::new(rule(fault.kind), &fault.member, &fault.what)
}

fn rule(kind: Kind) -> &'static Rule {
    match kind {
        Kind::Unreadable => catalogue::ARCHIVE_UNREADABLE,
        Kind::ExtraBytes => catalogue::ARCHIVE_EXTRA_BYTES,
        Kind::Duplicate => catalogue::ARCHIVE_DUPLICATE,
        Kind::Traversal => catalogue::ARCHIVE_PATH_TRAVERSAL,
        Kind::Name => catalogue::ARCHIVE_NAME,
        Kind::NotAFile => catalogue::ARCHIVE_NOT_A_FILE,
        Kind::CaseCollision => catalogue::ARCHIVE_CASE_COLLISION,
        Kind::DeviceName => catalogue::ARCHIVE_DEVICE_NAME,
        Kind::Bomb => catalogue::ARCHIVE_BOMB,
        Kind::Method => catalogue::ARCHIVE_METHOD,
        Kind::Encrypted => catalogue::ARCHIVE_ENCRYPTED,
        Kind::Overlap => catalogue::ARCHIVE_OVERLAP,
        Kind::HeadersDisagree => catalogue::ARCHIVE_HEADERS_DISAGREE,
        Kind::DataDescriptor => catalogue::ARCHIVE_DATA_DESCRIPTOR,
        Kind::Corrupt => catalogue::ARCHIVE_CORRUPT,
        Kind::Comment => catalogue::ARCHIVE_COMMENT,
        Kind::FileAndDirectory => catalogue::ARCHIVE_FILE_AND_DIRECTORY,
    }
}

/// Whether the wheel may be installed on a platform whose tag satisfies `system`.
fn may_run_on(name: Option<&WheelName>, system: impl Fn(&str) -> bool) -> bool {
    name.is_none_or(|name| name.tag.platforms().iter().any(|tag| tag == "any" || system(tag)))
}
