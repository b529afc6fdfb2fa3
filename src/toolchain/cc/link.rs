//! Links without zig's runtime library, where nothing needs it.
//!
//! zig compiles `compiler_rt` for each target before it first links: three seconds of processor time and
//! eleven megabytes each. Go's libraries and extensions of cffi call none of its functions.
//!
//! In: a call of the compiler that links, from its script. Out: what the same call makes with the runtime.
//! Where a linker would leave a symbol to the loader, the result shows whether the runtime has to define it.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use goblin::Object;
use goblin::elf::Elf;
use goblin::elf::section_header::SHN_UNDEF;
use goblin::elf::sym::STB_WEAK;
use goblin::mach::symbols::{N_TYPE, N_UNDF};
use goblin::mach::{Mach, MachO};

/// The command of pygo that stands between the script and the compiler.
pub const LINK_COMMAND: &str = "__link";

/// The executable of pygo.
pub(super) const PROGRAM: &str = "PYGO_LINKER";

/// The start of the command in the script.
pub(super) const START: &str = "${link:+\"$link\" __link}";

/// Links as the call in `words` asks: a program and its arguments.
pub fn link(mut words: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(program) = words.next() else { return ExitCode::FAILURE };
    let arguments: Vec<_> = words.collect();
    let command = || {
        let mut command = Command::new(&program);
        command.args(&arguments);
        command
    };
    // Go asks which flags the compiler knows by linking a program that does nothing.
    let is_probe = |output: &Path| output == Path::new("/dev/null");
    let reads_input = arguments.iter().any(|argument| argument == "-");
    if let Some(output) =
        value_of(&arguments, "-o").filter(|output| !reads_input || is_probe(output))
        && let Ok(done) = command().arg("-rtlib=none").stdin(Stdio::inherit()).output()
    {
        let is_complete = || needs_runtime(&output, &arguments) == Some(false);
        if is_probe(&output) || (done.status.success() && is_complete()) {
            // If these writes fail, Go no longer reads the output.
            let _ = std::io::stdout().write_all(&done.stdout);
            let _ = std::io::stderr().write_all(&done.stderr);
            let code = done.status.code().and_then(|code| u8::try_from(code).ok());
            return code.map_or(ExitCode::FAILURE, ExitCode::from);
        }
    }
    // In place of this process, so that a crash looks like one. Returns only if it cannot be started.
    let _ = command().exec();
    ExitCode::FAILURE
}

fn value_of(arguments: &[OsString], flag: &str) -> Option<PathBuf> {
    let at = arguments.iter().position(|argument| argument == flag)?;
    arguments.get(at + 1).map(PathBuf::from)
}

/// Whether the runtime may define a symbol that the linked `file` lacks. `None` if it cannot be read.
fn needs_runtime(file: &Path, arguments: &[OsString]) -> Option<bool> {
    let bytes = fs_err::read(file).ok()?;
    match Object::parse(&bytes).ok()? {
        Object::Elf(elf) => {
            let lacks = lacking(&elf);
            if lacks.is_empty() {
                return Some(false);
            }
            let defined = defined_by(arguments);
            Some(lacks.iter().any(|name| !defined.contains(*name)))
        }
        Object::Mach(Mach::Binary(binary)) => needs_runtime_on_macos(&binary),
        _ => None,
    }
}

/// The symbols of an ELF file that no versioned library defines. Python defines its own.
fn lacking<'a>(elf: &Elf<'a>) -> Vec<&'a str> {
    let mut lacks = Vec::new();
    for (index, symbol) in elf.dynsyms.iter().enumerate() {
        let version = elf.versym.as_ref().and_then(|versions| versions.get_at(index));
        let is_versioned =
            version.is_some_and(|version| !version.is_local() && !version.is_global());
        let name = elf.dynstrtab.get_at(symbol.st_name).unwrap_or_default();
        let is_open = symbol.st_shndx == SHN_UNDEF as usize && symbol.st_bind() != STB_WEAK;
        if is_open && !name.is_empty() && !is_versioned && !is_python(name) {
            lacks.push(name);
        }
    }
    lacks
}

fn is_python(name: &str) -> bool {
    name.starts_with("Py") || name.starts_with("_Py")
}

/// The symbols of the libraries among the arguments.
fn defined_by(arguments: &[OsString]) -> HashSet<String> {
    let mut defined = HashSet::new();
    for path in arguments
        .iter()
        .map(Path::new)
        .filter(|path| path.extension().is_some_and(|end| end == "so"))
    {
        let Ok(bytes) = fs_err::read(path) else { continue };
        let Ok(elf) = Elf::parse(&bytes) else { continue };
        let exported = elf.dynsyms.iter().filter(|symbol| symbol.st_shndx != SHN_UNDEF as usize);
        let names = exported.filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name));
        defined.extend(names.map(str::to_owned));
    }
    defined
}

/// libSystem has functions of compilers as well, but not on every release of macOS.
fn needs_runtime_on_macos(binary: &MachO<'_>) -> Option<bool> {
    const OF_THE_SYSTEM: &[&str] = &[
        "___error",
        "___stderrp",
        "___stdoutp",
        "___stdinp",
        "___stack_chk_fail",
        "___stack_chk_guard",
    ];
    // Other ordinals than those of libraries mean that a symbol is looked up in all (<mach-o/nlist.h>).
    const LIBRARIES: std::ops::RangeInclusive<u16> = 1..=0xfd;
    for symbol in binary.symbols() {
        let (name, entry) = symbol.ok()?;
        let is_open = entry.n_type & N_TYPE == N_UNDF && !entry.is_stab();
        let is_anywhere = !LIBRARIES.contains(&(entry.n_desc >> 8));
        let is_of_a_compiler = name.starts_with("___") && !OF_THE_SYSTEM.contains(&name);
        if is_open
            && !is_python(name.strip_prefix('_').unwrap_or(name))
            && (is_anywhere || is_of_a_compiler)
        {
            return Some(true);
        }
    }
    Some(false)
}
