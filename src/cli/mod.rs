//! One file per subcommand: reads arguments, calls the library, prints.

/// Runs the command and gives its exit code.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
