//! The command line as it is typed.

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use super::commands::{
    analyze, backup, compact, demo, diff, dump, end, export, history, import, init, list, load, migrate,
    query, resolve, restore, schema, set, show, stats, synth, ties, verify,
};
use super::failure::EXIT_CODES;
use super::output::{Format, PlaceArgs};

const EXAMPLES: &str = "\
Examples:
  intergov demo
  intergov ties intergov-demo/store 湖州市 --as-of 2010
  intergov analyze intergov-demo/store polycentricity --region yangtze-delta --years 1997..2019";

/// Examples and exit codes.
fn closing() -> String {
    let codes: Vec<String> =
        EXIT_CODES.iter().map(|(code, meaning)| format!("  {code:<4} {meaning}")).collect();
    format!("{EXAMPLES}\n\nExit codes:\n{}", codes.join("\n"))
}

/// What was typed, the program first; what is not UTF-8 in it is shown as U+FFFD.
pub(super) fn typed() -> impl Iterator<Item = String> {
    std::env::args_os().map(|argument| argument.to_string_lossy().into_owned())
}

/// Reads the command line of this process.
pub(super) fn parse() -> Result<Arguments, clap::Error> {
    let mut program = Arguments::command();
    let matches = program.try_get_matches_from_mut(std::env::args_os())?;
    let mut arguments = Arguments::from_arg_matches(&matches)?;
    if let Some((name, matches)) = matches.subcommand() {
        let typed = program.find_subcommand(name).map(|own| given(own, matches)).unwrap_or_default();
        match &mut arguments.command {
            Command::Analyze(analyze) => analyze.given = typed,
            Command::Export(export) => export.given = typed,
            _ => {}
        }
    }
    Ok(arguments)
}

/// The options that were typed, by their long names.
fn given(command: &clap::Command, matches: &ArgMatches) -> Vec<String> {
    let typed =
        |own: &&clap::Arg| matches.value_source(own.get_id().as_str()) == Some(ValueSource::CommandLine);
    let names = command.get_arguments().filter(typed).filter_map(clap::Arg::get_long);
    names.map(str::to_owned).collect()
}

/// Query and measure the network of governments
#[derive(Parser, Debug)]
#[command(
    name = "intergov",
    version,
    max_term_width = 100,
    after_help = EXAMPLES,
    after_long_help = closing()
)]
pub(super) struct Arguments {
    /// When to colour messages; NO_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(super) color: Color,
    /// Show no progress
    #[arg(long, global = true)]
    pub(super) no_progress: bool,
    /// Refuse a command that would change a store; commands that only read never do
    #[arg(long, global = true)]
    pub(super) read_only: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Makes it hold for this process.
    pub(super) fn apply(self) {
        match self {
            Self::Auto => {}
            Self::Always => anstream::ColorChoice::Always.write_global(),
            Self::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    Import(import::Import),
    Export(export::Export),
    Dump(dump::Dump),
    Load(load::Load),
    Show(show::Show),
    List(list::List),
    Ties(ties::Ties),
    Query(query::Query),
    Resolve(resolve::Resolve),
    Diff(diff::Diff),
    Set(set::Set),
    End(end::End),
    Analyze(analyze::Analyze),
    Stats(stats::Stats),
    Schema(schema::Schema),
    Synth(synth::Synth),
    History(history::History),
    Verify(verify::Verify),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Migrate(migrate::Migrate),
    Compact(compact::Compact),
}

impl Command {
    /// How this command writes data, where it does.
    pub(super) fn output(&self) -> Option<&PlaceArgs> {
        match self {
            Self::Show(command) => Some(&command.read.output.place),
            Self::List(command) => Some(&command.read.output.place),
            Self::Ties(command) => Some(&command.read.output.place),
            Self::Query(command) => Some(&command.output.place),
            Self::Analyze(command) => Some(&command.output.place),
            Self::Resolve(command) => Some(&command.output.place),
            Self::Diff(command) => Some(&command.output.place),
            Self::Stats(command) => Some(&command.output.place),
            Self::Schema(command) => Some(&command.output.place),
            Self::History(command) => Some(&command.output.place),
            Self::Verify(command) => Some(&command.output.place),
            Self::Import(command) => Some(&command.output),
            Self::Demo(_)
            | Self::Init(_)
            | Self::Export(_)
            | Self::Dump(_)
            | Self::Load(_)
            | Self::Synth(_)
            | Self::Set(_)
            | Self::End(_)
            | Self::Backup(_)
            | Self::Restore(_)
            | Self::Migrate(_)
            | Self::Compact(_) => None,
        }
    }

    /// Whether this command makes or changes a store.
    pub(super) fn changes(&self) -> bool {
        match self {
            Self::Import(command) => !command.dry_run,
            Self::Query(command) => command.write,
            Self::Init(_)
            | Self::Demo(_)
            | Self::Load(_)
            | Self::Set(_)
            | Self::End(_)
            | Self::Restore(_)
            | Self::Migrate(_)
            | Self::Compact(_) => true,
            Self::Export(_)
            | Self::Dump(_)
            | Self::Show(_)
            | Self::List(_)
            | Self::Ties(_)
            | Self::Resolve(_)
            | Self::Diff(_)
            | Self::Analyze(_)
            | Self::Stats(_)
            | Self::Schema(_)
            | Self::Synth(_)
            | Self::History(_)
            | Self::Verify(_)
            | Self::Backup(_) => false,
        }
    }

    /// Whether failures are told as JSON too.
    pub(super) fn wants_json(&self) -> bool {
        let format = self.output().and_then(|output| output.format);
        matches!(format, Some(Format::Json | Format::Jsonl))
    }
}
