//! The command `intergov`.
fn main() -> std::process::ExitCode {
    intergov::cli::run()
}
