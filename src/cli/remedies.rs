//! Whether every option and command that messages and documents name is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::CommandFactory;

use super::args::Arguments;

/// Options of other programs that documents name: cargo's and those of its tests.
const OF_OTHERS: [&str; 7] =
    ["--bench", "--ignored", "--nocapture", "--release", "--sanitizer", "--test", "--lib"];

/// Words that follow the name of the program and are not commands.
const NO_COMMANDS: [&str; 2] = ["segment", "store"];

fn texts(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") {
            into.push(path);
        }
    }
}

/// The words of a text that begin with a mark: what follows it, as long as letters and hyphens do.
fn words_after<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = &'t str> {
    let word = |(at, _): (usize, &str)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let rest = text.get(at + mark.len()..).unwrap_or_default();
        let end = rest.find(|character: char| !(character.is_ascii_lowercase() || character == '-'));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().trim_end_matches('-');
        let begins = before.is_none_or(|before| !before.is_alphanumeric() && !"-_/.".contains(before));
        (begins && word.starts_with(|first: char| first.is_ascii_lowercase())).then_some(word)
    };
    text.match_indices(mark).filter_map(word)
}

#[test]
fn every_option_and_command_that_a_text_names_exists() {
    let command = Arguments::command();
    let mut options: BTreeSet<String> = ["--help", "--version"].map(str::to_owned).into();
    let mut commands: BTreeSet<String> = BTreeSet::from(["help".to_owned()]);
    for own in std::iter::once(&command).chain(command.get_subcommands()) {
        commands.insert(own.get_name().to_owned());
        options
            .extend(own.get_arguments().filter_map(|argument| Some(format!("--{}", argument.get_long()?))));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("README.md")];
    texts(&root.join("src"), &mut files);
    texts(&root.join("docs"), &mut files);
    let (mut missing, mut found) = (BTreeSet::new(), 0);
    for file in files.iter().filter(|file| !file.ends_with("remedies.rs")) {
        let text = fs::read_to_string(file).unwrap();
        let mut note = |word: String, is_there: bool| {
            found += 1;
            if !is_there {
                missing.insert(format!("{}: {word}", file.display()));
            }
        };
        for word in words_after(&text, "--") {
            let option = format!("--{word}");
            let is_there = options.contains(&option) || OF_OTHERS.contains(&option.as_str());
            note(option, is_there);
        }
        for word in words_after(&text, "intergov ") {
            let is_there = commands.contains(word) || NO_COMMANDS.contains(&word);
            note(format!("intergov {word}"), is_there);
        }
    }
    assert!(found > 200, "only {found} words were found");
    assert!(missing.is_empty(), "{missing:#?}");
}
