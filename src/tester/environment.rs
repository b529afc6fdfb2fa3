//! A fresh virtual environment with one wheel, and what its tests need.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::runtime::{Emulator, Runtime};
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Environment, shell_word};
use crate::toolchain::Host;

/// Variables that would let the tests see other packages than those of the environment.
const OTHER_PYTHONS: &[&str] =
    &["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__", "CONDA_PREFIX"];

/// What programs of another processor start with, on Linux.
const ELF: &[u8] = b"\x7fELF";

/// A virtual environment.
pub(super) struct TestEnvironment<'a> {
    dir: PathBuf,
    runtime: &'a Runtime,
}

impl<'a> TestEnvironment<'a> {
    /// Makes the environment in `dir`, which does not exist yet.
    pub(super) fn make(
        host: &Host,
        runtime: &'a Runtime,
        dir: PathBuf,
        log: &Path,
    ) -> Result<Self> {
        let this = Self { dir, runtime };
        match &runtime.emulator {
            // A Python in the files of a system may lack the module, and emulation is slow.
            Some(emulator) => this.write(emulator).map_err(|error| {
                Failure::io("making a virtual environment for the test", &error)
            })?,
            None => {
                let call = Call::new(
                    &host.environment,
                    "python",
                    &runtime.python,
                    "making a virtual environment for the test",
                );
                call.args(["-I", "-B", "-m", "venv", "--without-pip"])
                    .args([&this.dir])
                    .log(log)
                    .run(Kind::Toolchain, "install Python's venv module")?;
            }
        }
        Ok(this)
    }

    /// Its interpreter.
    pub(super) fn python(&self) -> PathBuf {
        self.bin().join("python")
    }

    fn bin(&self) -> PathBuf {
        self.dir.join("bin")
    }

    /// An environment whose `python` is a script that starts qemu, so that programs which start
    /// their own interpreter work too.
    fn write(&self, emulator: &Emulator) -> std::io::Result<()> {
        let (major, minor) = self.runtime.accepts.version;
        let site = self.dir.join(format!("lib/python{major}.{minor}/site-packages"));
        fs::create_dir_all(site)?;
        fs::create_dir(self.bin())?;
        let home = self.runtime.python.parent().unwrap_or(Path::new("/"));
        let configuration = format!(
            "home = {}\ninclude-system-site-packages = false\nversion = {}\n",
            home.display(),
            self.runtime.version
        );
        fs::write(self.dir.join("pyvenv.cfg"), configuration)?;
        emulator.wrap(&self.python(), &self.runtime.python)?;
        for name in ["python3".to_owned(), format!("python{major}.{minor}")] {
            fs::os::unix::fs::symlink("python", self.bin().join(name))?;
        }
        Ok(())
    }

    /// Puts scripts in the place of installed programs that this machine cannot start.
    pub(super) fn wrap_programs(&self) -> std::io::Result<()> {
        let Some(emulator) = &self.runtime.emulator else { return Ok(()) };
        let wrapped = self.dir.join("programs");
        for entry in fs::read_dir(self.bin())? {
            let path = entry?.path();
            let is_link = fs::symlink_metadata(&path)?.is_symlink();
            if is_link || !fs::read(&path)?.starts_with(ELF) {
                continue;
            }
            fs::create_dir_all(&wrapped)?;
            let program = wrapped.join(path.file_name().unwrap_or_default());
            fs::rename(&path, &program)?;
            emulator.wrap(&path, &program)?;
        }
        Ok(())
    }

    /// A call of the program `name` of the environment, or of `PATH`.
    pub(super) fn call(&self, environment: &Environment, name: &str, doing: &str) -> Call {
        let user = environment.get("PATH").unwrap_or_default();
        let search = std::iter::once(self.bin()).chain(std::env::split_paths(user));
        let search = std::env::join_paths(search).unwrap_or_else(|_| self.bin().into());
        // A name alone could be that of a directory here.
        let own = self.bin().join(name);
        let is_own = !name.contains('/') && own.is_file();
        let exe = if is_own { Some(own) } else { environment.which(name) };
        Call::new(environment, name, &exe.unwrap_or_else(|| name.into()), doing)
            .without_envs(OTHER_PYTHONS.iter().copied())
            .envs([("PATH", search), ("VIRTUAL_ENV", self.dir.clone().into())])
    }
}

impl Emulator {
    /// Writes the script `place`, which runs `program` under its own name.
    fn wrap(&self, place: &Path, program: &Path) -> std::io::Result<()> {
        let [qemu, root, own_name, program] =
            [&self.qemu, &self.root, place, program].map(|path| shell_word(path.as_os_str()));
        let words: [&OsStr; 8] = [
            "#!/bin/sh\nexec".as_ref(),
            &qemu,
            "-L".as_ref(),
            &root,
            "-0".as_ref(),
            &own_name,
            &program,
            "\"$@\"\n".as_ref(),
        ];
        fs::write(place, words.join(OsStr::new(" ")).as_bytes())?;
        fs::set_permissions(place, std::fs::Permissions::from_mode(0o755))
    }
}
