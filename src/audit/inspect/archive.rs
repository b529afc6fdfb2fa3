//! The faults of an archive, as findings.

use super::super::{Finding, Rule, catalogue as code};
use super::may_run_on;
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
        Kind::Unreadable => code::ARCHIVE_UNREADABLE,
        Kind::ExtraBytes => code::ARCHIVE_EXTRA_BYTES,
        Kind::Duplicate => code::ARCHIVE_DUPLICATE,
        Kind::Traversal => code::ARCHIVE_PATH_TRAVERSAL,
        Kind::Name => code::ARCHIVE_NAME,
        Kind::NotAFile => code::ARCHIVE_NOT_A_FILE,
        Kind::CaseCollision => code::ARCHIVE_CASE_COLLISION,
        Kind::DeviceName => code::ARCHIVE_DEVICE_NAME,
        Kind::Bomb => code::ARCHIVE_BOMB,
        Kind::Method => code::ARCHIVE_METHOD,
        Kind::Encrypted => code::ARCHIVE_ENCRYPTED,
        Kind::Overlap => code::ARCHIVE_OVERLAP,
        Kind::HeadersDisagree => code::ARCHIVE_HEADERS_DISAGREE,
        Kind::DataDescriptor => code::ARCHIVE_DATA_DESCRIPTOR,
        Kind::Corrupt => code::ARCHIVE_CORRUPT,
        Kind::Comment => code::ARCHIVE_COMMENT,
        Kind::FileAndDirectory => code::ARCHIVE_FILE_AND_DIRECTORY,
    }
}
