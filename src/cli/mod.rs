//! What does the terminal ask and show?
//!
//! The only place that prints. Data go to stdout, everything else to stderr; each command has a file.

mod args;
mod choice;
mod commands;
mod context;
mod demo;
mod element;
mod failure;
mod interrupt;
mod output;
mod progress;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod remedies;
mod table;
mod tally;
mod text_form;
mod visible;

use std::process::ExitCode;

use clap::Parser;

use args::Arguments;
use failure::Failure;

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    interrupt::watch();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    arguments.color.apply();
    let json = arguments.command.wants_json();
    match commands::dispatch(arguments) {
        Ok(code) => code,
        Err(failure) => failure.report(json),
    }
}

/// Help and version, or what is wrong with the arguments.
fn refuse(error: &clap::Error) -> ExitCode {
    let typed: Vec<String> = args::typed().collect();
    let json = ["json", "jsonl"].iter().any(|format| {
        typed.contains(&format!("--format={format}"))
            || typed.windows(2).any(|pair| pair[0] == "--format" && pair[1] == *format)
    });
    if error.use_stderr() && json {
        return Failure::Usage(error.to_string().trim_start_matches("error: ").trim_end().to_owned())
            .report(true);
    }
    // A closed terminal leaves no one to tell.
    drop(error.print());
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(failure::USAGE))
}
