//! What is wrong with the arguments, and what was meant.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use super::args::{Arguments, typed};
use crate::value::nearest;

/// What clap says, with the options that are near by spelling instead of those that merely share letters, and with the
/// commands that have an option which this one has not.
pub(super) fn told(mut error: clap::Error) -> String {
    let program = Arguments::command();
    let unknown = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) if error.kind() == ErrorKind::UnknownArgument => {
            argument.strip_prefix("--").map(|name| name.split('=').next().unwrap_or(name).to_owned())
        }
        _ => None,
    };
    let Some(name) = unknown else { return error.to_string().trim_end().to_owned() };
    let command = typed().skip(1).find_map(|word| program.find_subcommand(word).cloned());
    error.remove(ContextKind::SuggestedArg);
    error.remove(ContextKind::Suggested);
    let own = options(command.as_ref().unwrap_or(&program));
    if let Some(near) = nearest(&name, own.iter().map(String::as_str), 1).first() {
        error.insert(ContextKind::SuggestedArg, ContextValue::String(format!("--{near}")));
    }
    let has_it = |command: &&Command| options(command).contains(&name);
    let others: Vec<&str> = program.get_subcommands().filter(has_it).map(Command::get_name).collect();
    let text = error.to_string().trim_end().to_owned();
    if others.is_empty() { text } else { format!("{text}\n\n--{name} is an option of {}", others.join(", ")) }
}

/// The long names of a command's options.
fn options(command: &Command) -> Vec<String> {
    command.get_arguments().filter_map(clap::Arg::get_long).map(str::to_owned).collect()
}
