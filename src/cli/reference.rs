//! `docs/cli.md`, made from the arguments themselves; a test keeps the file current.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use clap::CommandFactory;

use super::args::Arguments;
use super::failure::EXIT_CODES;

const HEAD: &str = "\
# Command line

Made from the program's own arguments; after a change of them run
`INTERGOV_UPDATE_DOCS=1 cargo test --lib cli::reference`.

## What holds for every command

* Data go to stdout, or to the file of `--output`; notes, warnings, progress and errors go to stderr.
* `--format` is `table` (default on a terminal), `csv` (default otherwise), `json`, `jsonl` or `markdown`. A table fits the
  terminal and says what it cut; the other formats cut nothing. Under `json` and `jsonl` an error is one JSON object on stderr:
  `{\"error\": {\"code\", \"kind\", \"message\", \"candidates\", \"faults\"}}`, the last two where there are any.
* `--columns a,b,c` shows these columns in this order, `--sort COLUMN` or `COLUMN:desc` sorts (repeat it for further keys; numbers and dates by
  value, missing values last, equal rows in their order), `--top N` shows the first N rows: the same in every format. Sorting comes before `--top`.
* Where not all columns fit the terminal, those that are the same in every row are told beside the table, then the columns that count least get narrow,
  and at last are left out and named. The order: what is asked for by `--columns` or `--sort` is always there; then what names the row (date, ids, name); then the columns
  of the measure itself, first the one of its name; then the counts that all measures share. Tables of other commands have their columns in that order.
  Ids, codes and numbers are never cut.
* A number column holds numbers or nothing: a missing value is null in JSON and an empty cell in CSV. Why it is missing stands under `missing`: in
  JSON an object `{\"density\": \"empty_graph\"}`, in CSV a last column with `density: empty_graph`, several separated by `;`. Measures always have it.
  In tables for people the word stands in the cell. The words are `empty_graph`, `isolated`, `unreachable`, `zero_variance`, `zero_denominator`,
  `single_group`, `too_few_nodes`, `saturated`, `not_a_quantity`, `overflow` (see analysis.md), `no_figure` (a figure is not in the store),
  `undirected_only` (not defined with `--directed`), `zero_length` (a weight of 0 has no length).
* Lists (names, domains, sources) are arrays in JSON, and separated by `;` in CSV. Numbers are the shortest that read back the same; tables for people
  round them to four decimals.
* Governments, arrangements, bodies and regions go by code (`cn:310000` or `310000`), by Chinese or English name, by alias or by id, as
  they were at `--as-of`. Traditional and simplified characters, case, width and blanks make no difference. A name that nothing bears so is looked for
  among other spellings: without diacritics, hyphens and apostrophes (`Geneve`, `L'Oie`); with or without the word for the kind of place (南川 and 南川区,
  `Hangzhou City`, 昌吉 for 昌吉回族自治州; 杭州县 is not 杭州市, `Kansas City` is not the state of Kansas); as its government (杭州市人民政府); behind a superior
  (浙江省杭州市, `Hangzhou, Zhejiang`). A name that several bear is refused with the candidates: write the code or id of one. Where nothing bears it, at most
  three are offered, those that exist at the date first, then those that begin with it, no name twice. Other nodes go by id, or by `Label/id`; edges by
  `TYPE/id`, as the column `id` of `show` and `diff` has it.
* `--as-of 2010` is the state on the last day of 2010; `--during 2004..2010` is what overlaps both named years or lies between them.
  Without either, `show`, `list` and `ties` show all times, each row with its dates. A measure is read at single dates: `--as-of`, or `--years 2004..2010`,
  which is one of years; without either `analyze` reads today and says so. A reversed range is refused.
* `list --where KEY=VALUE` compares with `=`, `!=`, `<`, `<=`, `>`, `>=`, or `~` (contains); repeated conditions must all be met. Numbers and dates are
  compared by value: a date is equal to a period in which its first day lies, so that `valid_from=2010` finds `2010-03`; `..` is before every date in
  `valid_from` and after every date in `valid_to`. `KEY=` asks for no value, `!=` is met where `=` is not. Names are compared as look-up compares them, a
  list by its entries, the states of a government at `--as-of`. A word outside a closed list is refused with the nearest one; a condition that nothing meets
  is told.
* An option that a measure does not use is refused, and the measures that use it are named; `analyze --list MEASURE` tells those of one.
* `resolve` keeps the rows and columns of the file and puts beside them `status` (found, ambiguous, not found, bad date), `id`, `code` and `found_name`, code and
  name of up to three candidates (`candidate_1`, `candidate_1_name` …) and a `message`; a column that the file has too is called `found_` and its name. The
  first row names the columns, unless `--no-header` is given.
* Controls and marks that turn the direction of text are shown as `\\u001b` in tables, in messages and on a terminal. Other formats keep them in a file
  or a pipe.
* What has no known end is presumed to hold for 5 years after its last evidence; `--persist` says for how many, `--reading certain` and
  `--possible` count less and more. Each row says in `holds` which it is, and what is left out is counted on stderr.
* Reading never makes a store and never changes one, with or without `--read-only`. It works beside a process that writes to the store: what is
  read is a private copy of one commit, which a note on stderr names with its age and the writer's process id. `--read-only` refuses the commands that
  make or change a store.
* `init`, `import`, `load` and `restore` make a store; `import`, `load`, `set`, `end` and `migrate` change one, all or nothing, and write who did
  what into the journal. One process writes at a time; the next one is told at once which. A store is made where nothing is, or in an empty folder,
  a mount point too, which keeps its rights; a new folder is its user's own (mode 700), but not in a folder with the setgid bit, which a group shares.
* `--output` refuses a file that is there already; `--overwrite` replaces it when the new one is whole, and keeps its mode. What a command reads is
  never written over. A device, a pipe or `/dev/stdout` is written to as it is; of a link the target is the file.
* Ctrl-C, SIGTERM and SIGHUP end a command within a second: what stood before stands, and what was being made is removed. A change at its last steps
  is ended first; then the command ends as done. A signal that the parent has set to be ignored (`nohup`) is ignored. What a killed process left,
  `.NAME.making-…` and copies for reading, is removed by the next command that works there.

## Exit codes

| code | meaning |
| ---: | --- |
";

const ENVIRONMENT: &str = "
## Environment

| variable | meaning |
| --- | --- |
| `TMPDIR` | where copies for reading are made; without it in memory, `/dev/shm`, where there is such a place |
| `INTERGOV_ACTOR` | who writes, for the journal; else `USER` |
| `NO_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb` | whether messages are coloured; `--color` overrides them |
";

/// The whole file.
fn reference() -> String {
    let mut text = HEAD.to_owned();
    for (code, meaning) in EXIT_CODES {
        writeln!(text, "| {code} | {meaning} |").unwrap();
    }
    text.push_str(ENVIRONMENT);
    let mut program = Arguments::command().term_width(100);
    program.build();
    let overview = program.render_help().to_string();
    write!(text, "\n## Commands\n\n```text\n{}\n```\n", trimmed(&overview)).unwrap();
    for command in program.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        let name = command.get_name().to_owned();
        let mut command = command.clone().term_width(100);
        for everywhere in ["color", "no_progress", "read_only", "help"] {
            command = command.mut_arg(everywhere, |argument| argument.hide(true));
        }
        let help = command.render_help().to_string();
        write!(text, "\n## {name}\n\n```text\n{}\n```\n", trimmed(&help)).unwrap();
    }
    text
}

fn trimmed(help: &str) -> String {
    help.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_reference_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let wanted = reference();
    if std::env::var_os("INTERGOV_UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/cli.md is not what the arguments say; run INTERGOV_UPDATE_DOCS=1 cargo test --lib cli::reference"
    );
}

#[test]
fn every_command_and_option_says_what_it_does() {
    let program = Arguments::command();
    for command in program.get_subcommands() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(!about.is_empty() && !about.ends_with('.'), "{}: {about}", command.get_name());
        assert!(command.get_after_help().is_some(), "{} has no example", command.get_name());
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            let id = argument.get_id();
            assert!(!help.is_empty() && !help.ends_with('.'), "{} {id}: {help}", command.get_name());
        }
    }
    Arguments::command().debug_assert();
}
