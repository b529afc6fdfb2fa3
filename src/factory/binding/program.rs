//! A program: a command that installers put on the user's PATH, or a file that Python code runs. One
//! wheel per platform serves every interpreter.

use super::interface::Binding;
use crate::project::Program;

/// The value of the key `binding`.
pub(super) const NAME: &str = "bin";

/// A program.
pub(super) struct Command<'p> {
    pub(super) program: &'p Program,
}

impl<'p> Binding<'p> for Command<'p> {
    fn program(&self) -> Option<&'p Program> {
        Some(self.program)
    }

    fn not_editable(&self) -> Option<&'static str> {
        self.program.place.as_ref().map(|_| {
            "Python code runs the program next to its own file, in the project, where pygo writes nothing"
        })
    }
}
