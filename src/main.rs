//! The `accord` command.

fn main() -> std::process::ExitCode {
    accord_cli::main()
}
