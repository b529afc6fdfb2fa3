//! What every processor of an architecture runs, and which flags of C compilers ask for more.

use super::os::Os;

/// The instructions that wheels for an architecture may use without asking the processor.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Baseline {
    /// The processors that run nothing more, as `-march=` and `-mcpu=` name them. Empty if nothing
    /// is known about the architecture.
    pub cpus: &'static [&'static str],
    /// Processors and extensions that a system adds: every Mac has more than the architecture.
    pub on: &'static [(&'static Os, &'static [&'static str])],
    /// The starts of extensions beyond it, as `-m` names them: `avx` also stands for `-mavx2`.
    pub extensions: &'static [&'static str],
}

impl Baseline {
    /// Of an architecture about whose processors nothing is known.
    pub const UNKNOWN: Self = Self { cpus: &[], on: &[], extensions: &[] };

    /// Those of `flags`, for a C compiler, whose code not every processor with `os` runs. Of flags
    /// that override each other, the last counts.
    pub(super) fn exceeded<'f>(&self, os: &Os, flags: &'f [String]) -> Vec<&'f str> {
        let Self { cpus, on, extensions } = self;
        let more = on.iter().find(|(of, _)| *of == os).map_or(&[][..], |(_, names)| names);
        let is_common = |name: &str| cpus.contains(&name) || more.contains(&name);
        let chosen = |prefix: &str| flags.iter().rposition(|flag| flag.starts_with(prefix));
        let is_above = |(at, flag): (usize, &&String)| {
            for prefix in ["-march=", "-mcpu="] {
                if let Some(name) = flag.strip_prefix(prefix) {
                    let mut parts = name.split('+');
                    let is_cpu = parts.next().is_some_and(is_common);
                    let rest = parts.all(|part| part.starts_with("no") || is_common(part));
                    return !cpus.is_empty() && chosen(prefix) == Some(at) && !(is_cpu && rest);
                }
            }
            let Some(name) = flag.strip_prefix("-m") else { return false };
            let disabled = format!("-mno-{name}");
            extensions.iter().any(|extension| name.starts_with(extension))
                && !more.contains(&name)
                && !flags.iter().skip(at).any(|flag| *flag == disabled)
        };
        let above = flags.iter().enumerate().filter(|(at, flag)| is_above((*at, flag)));
        above.map(|(_, flag)| flag.as_str()).collect()
    }
}
