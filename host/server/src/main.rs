//! The program `dunlin`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::run()
}
