//! What does the terminal ask and show?
//!
//! The only place that prints. Data go to stdout, everything else to stderr; each command has a file.

mod args;
mod commands;
mod context;
mod demo;
mod failure;
mod output;
mod table;

use std::process::ExitCode;

use clap::Parser;

use args::Arguments;

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.color.apply();
    let json = arguments.command.wants_json();
    match commands::dispatch(arguments) {
        Ok(code) => code,
        Err(failure) => failure.report(json),
    }
}
