//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    pygo::cli::main()
}
