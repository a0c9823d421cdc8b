//! Which commands are there?

pub(super) mod analyze;
pub(super) mod backup;
pub(super) mod compact;
pub(super) mod demo;
pub(super) mod diff;
pub(super) mod dump;
pub(super) mod end;
pub(super) mod export;
pub(super) mod history;
pub(super) mod import;
pub(super) mod init;
pub(super) mod list;
pub(super) mod load;
pub(super) mod migrate;
mod partners;
pub(super) mod query;
pub(super) mod resolve;
pub(super) mod restore;
pub(super) mod schema;
pub(super) mod set;
pub(super) mod show;
pub(super) mod stats;
pub(super) mod synth;
pub(super) mod ties;
pub(super) mod verify;

use std::process::ExitCode;

use super::args::{Arguments, Command};
use super::failure::Failure;

/// Runs the command that was asked for.
pub(super) fn dispatch(arguments: Arguments) -> Result<ExitCode, Failure> {
    let progress = !arguments.no_progress;
    if arguments.read_only && arguments.command.changes() {
        return Err(Failure::Usage("this command changes a store; leave --read-only out".to_owned()));
    }
    if let Some(output) = arguments.command.output() {
        output.check()?;
    }
    let done = match arguments.command {
        Command::Demo(command) => command.run(progress),
        Command::Init(command) => command.run(),
        Command::Import(command) => command.run(progress),
        Command::Export(command) => command.run(progress),
        Command::Dump(command) => command.run(progress),
        Command::Load(command) => command.run(progress),
        Command::Show(command) => command.run(),
        Command::List(command) => command.run(),
        Command::Ties(command) => command.run(),
        Command::Query(command) => command.run(),
        Command::Resolve(command) => command.run(),
        Command::Diff(command) => command.run(),
        Command::Set(command) => command.run(),
        Command::End(command) => command.run(),
        Command::Analyze(command) => command.run(progress),
        Command::Stats(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Synth(command) => command.run(progress),
        Command::History(command) => command.run(),
        Command::Verify(command) => return command.run(progress),
        Command::Backup(command) => command.run(progress),
        Command::Restore(command) => command.run(progress),
        Command::Migrate(command) => command.run(progress),
        Command::Compact(command) => command.run(progress),
    };
    done.map(|()| ExitCode::SUCCESS)
}
