//! What does the terminal ask and show?
//!
//! The only place that prints. Data go to stdout, everything else to stderr; each command has a file.

mod args;
mod choice;
mod commands;
mod condition;
mod context;
mod demo;
mod element;
mod failure;
mod interrupt;
mod output;
mod period;
mod progress;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod remedies;
mod selection;
mod table;
mod tally;
mod text_form;
mod usage;
mod view;
mod visible;

use std::process::ExitCode;

use failure::Failure;

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    interrupt::watch();
    let arguments = match args::parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(error),
    };
    arguments.color.apply();
    let json = arguments.command.wants_json();
    match commands::dispatch(arguments) {
        Ok(code) => code,
        Err(failure) => failure.report(json),
    }
}

/// Help and version, or what is wrong with the arguments.
fn refuse(error: clap::Error) -> ExitCode {
    let typed: Vec<String> = args::typed().collect();
    let json = ["json", "jsonl"].iter().any(|format| {
        typed.contains(&format!("--format={format}"))
            || typed.windows(2).any(|pair| pair[0] == "--format" && pair[1] == *format)
    });
    if !error.use_stderr() {
        // Help and version; a closed terminal leaves no one to tell.
        drop(error.print());
        return ExitCode::SUCCESS;
    }
    let told = usage::told(error);
    if json {
        return Failure::Usage(told.trim_start_matches("error: ").to_owned()).report(true);
    }
    output::say(&told);
    ExitCode::from(failure::USAGE)
}
