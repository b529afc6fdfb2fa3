//! The verdict over all binaries of a wheel: what is true of it, and what is wrong.
//!
//! In: a [`Subject`], the files of a wheel and what they are to be. Out: a [`Verdict`], with the
//! platform tag that the binaries themselves ask for and the symbol that decides it.

use super::elf::Elf;
use super::finding::{Finding, Severity, code};
use super::macho::MachoSlice;
use super::{Binary, Format, GoBuildInfo, MachO, Member, closure, policy, rules};
use crate::target::{PlatformTag, Release, Target};

/// A Python extension module of a wheel.
#[derive(Debug, Clone, Copy)]
pub struct Extension<'a> {
    /// Its path in the wheel: `example/_example.abi3.so`.
    pub path: &'a str,
    /// The module's name, with or without its packages: `example._example`.
    pub module: &'a str,
    /// The least Python that the wheel is tagged for, if it is tagged `abi3`.
    pub abi3: Option<Release>,
}

/// What is judged.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Where the wheel must run.
    pub target: Target,
    /// Files of the wheel: path and bytes. Those that are no binaries are passed over.
    pub members: &'a [(&'a str, &'a [u8])],
    /// Which of them are extension modules.
    pub extensions: &'a [Extension<'a>],
}

/// What is true of one binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberFacts {
    /// Its path in the wheel.
    pub path: String,
    /// The processors it is for, as tags name them.
    pub arch: Vec<String>,
    /// The glibc of the lowest policy that it keeps, or the least macOS.
    pub needs: Option<Release>,
    /// What decides that: `GLIBC_2.34 (pthread_create)`.
    pub because: Option<String>,
    /// For a module of the stable ABI: the least Python that has all it uses.
    pub python: Option<Release>,
    /// What Go says of it, for each image that Go built.
    pub go: Vec<GoBuildInfo>,
}

/// What is true of a wheel's binaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What the wheel was to be for.
    pub target: Target,
    /// The release of glibc or macOS that the binaries need, and not below the target's least.
    pub release: Release,
    /// The platform tag of that release.
    pub tag: PlatformTag,
    /// What decides it, unless the target itself does: `libhello.so needs GLIBC_2.34
    /// (pthread_create)`.
    pub because: Option<String>,
    /// The facts of each binary, in the order given.
    pub members: Vec<MemberFacts>,
    /// What was found wrong, sorted.
    pub findings: Vec<Finding>,
}

/// Judges `subject`.
///
/// # Errors
/// All findings, when one of them is an error. Warnings alone stay in the verdict.
pub fn judge(subject: &Subject<'_>) -> Result<Verdict, Vec<Finding>> {
    let verdict = examine(subject);
    if verdict.findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(verdict.findings);
    }
    Ok(verdict)
}

/// Judges `subject` and gives what is true of it however much is wrong.
pub fn examine(subject: &Subject<'_>) -> Verdict {
    let target = subject.target;
    let mut findings = Vec::new();
    let members: Vec<_> = subject
        .members
        .iter()
        .filter_map(|(path, bytes)| read(path, bytes, target, &mut findings))
        .collect();
    let closure = closure::close(&members);
    findings.extend(closure.findings);
    let mut facts: Vec<_> = members
        .iter()
        .zip(&closure.system)
        .map(|(member, system)| match &member.binary {
            Binary::Elf(elf) => elf_facts(member, elf, system, target, &mut findings),
            Binary::MachO(slices) => macho_facts(member, slices, target, &mut findings),
        })
        .collect();
    for extension in subject.extensions {
        let python = rules::extension::check(extension, &members, &mut findings);
        if let Some(facts) = facts.iter_mut().find(|facts| facts.path == extension.path) {
            facts.python = python;
        }
    }
    findings.sort();
    let mut release = target.least();
    let mut because = None;
    for member in facts.iter().filter(|member| member.is_for(target)) {
        // Of several members with the same need the first is named.
        let decides =
            |needs: &Release| *needs > release || (*needs == release && because.is_none());
        if let Some(needs) = member.needs.filter(decides) {
            release = needs;
            because = member.because.as_ref().map(|why| format!("{} needs {why}", member.path));
        }
    }
    Verdict {
        target,
        release,
        tag: target.platform_tag(release),
        because,
        members: facts,
        findings,
    }
}

impl MemberFacts {
    /// Whether it can run where the wheel does; what cannot has no say in the wheel's tag.
    fn is_for(&self, target: Target) -> bool {
        self.arch.iter().any(|arch| rules::serves(target, Some(arch)))
    }
}

impl Verdict {
    /// The finding that the binaries need more than the `asked` release, if they do.
    pub fn exceeds(&self, asked: Release) -> Option<Finding> {
        if self.release <= asked {
            return None;
        }
        let needed = self.release;
        let (floor, asked, fix) = match &self.tag {
            PlatformTag::Linux { .. } => {
                let allowed = format!("{}_{}", needed.major, needed.minor);
                (
                    format!("glibc {needed}"),
                    format!("manylinux_{}_{}", asked.major, asked.minor),
                    format!("build with --toolchain zig, or allow --manylinux {allowed}"),
                )
            }
            _ => (
                format!("macOS {needed}"),
                format!("macOS {asked}"),
                format!("build with an older Go, or allow --macos-deployment-target {needed}"),
            ),
        };
        let decider = self
            .members
            .iter()
            .find(|member| member.needs == Some(needed) && member.is_for(self.target));
        let (member, why) = match decider {
            Some(MemberFacts { path, because: Some(why), .. }) => (path.as_str(), why.clone()),
            _ => (self.target.name(), format!("{floor} at least")),
        };
        Some(Finding::error(
            member,
            code::TAG_TOO_LOW,
            format!("needs {why}, but {asked} was asked for"),
            &fix,
        ))
    }
}

/// Reads a file, if it is a binary that the target's system can load.
fn read<'a>(
    path: &'a str,
    bytes: &'a [u8],
    target: Target,
    findings: &mut Vec<Finding>,
) -> Option<Member<'a>> {
    let format = Format::of(bytes)?;
    let fix = "keep it out of the wheel, or build it for the target";
    if format.system() != Some(target.system()) {
        let what = format!("is a {}, but the wheel is for {target}", format.name());
        match format {
            // A package may ship an archive or an installer's launcher as data.
            Format::Archive => {}
            Format::Pe => findings.push(Finding::warning(path, code::BINARY_FORMAT, what, fix)),
            _ => findings.push(Finding::error(path, code::BINARY_FORMAT, what, fix)),
        }
        return None;
    }
    let (binary, rule) = if format == Format::Elf {
        (Elf::parse(bytes).map(|elf| Binary::Elf(Box::new(elf))), code::ELF_MALFORMED)
    } else {
        (MachO::parse(bytes).map(Binary::MachO), code::MACHO_MALFORMED)
    };
    match binary {
        Ok(binary) => Some(Member { path, binary, bytes }),
        Err(error) => {
            let what = format!("is a damaged {}: {error}", format.name());
            findings.push(Finding::error(path, rule, what, "build it again"));
            None
        }
    }
}

fn elf_facts(
    member: &Member<'_>,
    elf: &Elf<'_>,
    system: &[&str],
    target: Target,
    findings: &mut Vec<Finding>,
) -> MemberFacts {
    rules::elf::check(member.path, elf, target, findings);
    let go: Vec<_> = GoBuildInfo::read(member.bytes).into_iter().collect();
    for info in &go {
        rules::go::check(member.path, info, elf.arch, target, findings);
    }
    let (needs, because) = match policy::lowest(elf, system) {
        Ok(lowest) => (Some(lowest.release), lowest.because.map(|why| why.to_string())),
        Err(why) => {
            if rules::serves(target, elf.arch) {
                findings.push(Finding::error(
                    member.path,
                    code::ELF_NO_POLICY,
                    format!("needs {why}, which no manylinux policy allows"),
                    "build it against an older glibc, or do without that",
                ));
            }
            (None, Some(why.to_string()))
        }
    };
    let arch = elf.arch.map(str::to_owned).into_iter().collect();
    MemberFacts { path: member.path.to_owned(), arch, needs, because, python: None, go }
}

fn macho_facts(
    member: &Member<'_>,
    slices: &[MachoSlice<'_>],
    target: Target,
    findings: &mut Vec<Finding>,
) -> MemberFacts {
    rules::macho::check(member.path, slices, target, findings);
    let mut go = Vec::new();
    for slice in slices {
        if let Some(info) = GoBuildInfo::read(slice.bytes) {
            rules::go::check(member.path, &info, slice.arch, target, findings);
            go.push(info);
        }
    }
    let is_fat = target.slices().len() > 1;
    let needs = slices
        .iter()
        .filter(|slice| rules::serves(target, slice.arch))
        .filter_map(|slice| match slice.arch {
            // No arm64 Mac runs less than 11.0: in a fat wheel the other image decides, in a thin
            // one a lower number would be a tag that no installer asks for.
            Some("arm64") if slice.minos? <= FIRST_ARM64 => (!is_fat).then_some(FIRST_ARM64),
            _ => slice.minos,
        })
        .max();
    MemberFacts {
        path: member.path.to_owned(),
        arch: slices.iter().filter_map(|slice| slice.arch).map(str::to_owned).collect(),
        needs,
        because: needs.map(|release| format!("macOS {release}")),
        python: None,
        go,
    }
}

const FIRST_ARM64: Release = Release::new(11, 0);
