//! Which module may use which, how long a file may be, which names and words are refused where.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules that each module may use (docs/architecture.md).
const MAY_USE: &[(&str, &[&str])] = &[
    ("files", &[]),
    ("value", &[]),
    ("watch", &[]),
    ("workers", &["watch"]),
    ("graph", &["value", "workers"]),
    ("store", &["files", "graph", "value", "workers"]),
    ("relations", &["graph", "value", "workers"]),
    ("network", &[]),
    ("study", &["network", "relations", "graph", "value", "watch"]),
    ("query", &["relations", "graph", "value", "watch"]),
    ("analysis", &["study", "network", "value", "workers"]),
    ("exchange", &["files", "study", "network", "relations", "graph", "value", "watch", "workers"]),
    ("synth", &["exchange", "graph", "relations", "watch", "workers"]),
    (
        "database",
        &[
            "value",
            "graph",
            "store",
            "relations",
            "study",
            "analysis",
            "exchange",
            "query",
            "error",
            "watch",
            "workers",
        ],
    ),
    ("error", &["value", "graph", "store", "relations", "study", "analysis", "exchange", "query", "watch"]),
    (
        "cli",
        &[
            "cli",
            "database",
            "error",
            "files",
            "value",
            "graph",
            "store",
            "relations",
            "network",
            "study",
            "analysis",
            "exchange",
            "query",
            "synth",
            "watch",
            "workers",
        ],
    ),
];

const LONGEST_FILE: usize = 600;
const REFUSED_NAMES: [&str; 4] = ["utils", "common", "helpers", "manager"];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    // A folder without content is not in a checkout.
    if !folder.is_dir() {
        return files;
    }
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The module of a file below `src`.
fn module_of(path: &Path) -> String {
    let below = path.strip_prefix(root().join("src")).unwrap();
    below.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// The first segments of all `crate::…` paths of a line.
fn used_modules(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(|rest| {
        rest.split(|character: char| !character.is_alphanumeric() && character != '_').next().unwrap_or("")
    })
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut breaches = Vec::new();
    let mut checked = 0;
    for path in rust_files(&root().join("src")) {
        let module = module_of(&path);
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else { continue };
        checked += 1;
        for (number, line) in (1..).zip(fs::read_to_string(&path).unwrap().lines()) {
            for used in used_modules(line) {
                let known = MAY_USE.iter().any(|(name, _)| *name == used);
                if known && used != module && !allowed.contains(&used) {
                    breaches.push(format!("{}:{number}: {module} uses {used}", path.display()));
                }
            }
        }
    }
    assert!(checked > 20, "only {checked} files were found");
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_disk_formats_crates_are_named_in_the_store_only() {
    for path in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        if module_of(&path) != "store" {
            for name in ["sled::", "bincode::"] {
                assert!(!text.contains(name), "{} names {name}", path.display());
            }
        }
    }
}

#[test]
fn rayon_is_named_where_the_workers_are_only() {
    for path in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        let code = || text.lines().filter(|line| !line.trim_start().starts_with("//"));
        assert!(
            module_of(&path) == "workers" || !code().any(|line| line.contains("rayon")),
            "{} names rayon: a lock may be held while a worker of the caller takes up another call",
            path.display()
        );
    }
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    for folder in ["src", "tests", "benches", "examples"] {
        for path in rust_files(&root().join(folder)) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= LONGEST_FILE, "{} has {lines} lines", path.display());
            for part in path.strip_prefix(root()).unwrap().components() {
                let name = part.as_os_str().to_str().unwrap().trim_end_matches(".rs");
                assert!(!REFUSED_NAMES.contains(&name), "{}: name the thing", path.display());
            }
        }
    }
}

#[test]
fn every_folder_says_which_question_it_answers() {
    for path in rust_files(&root().join("src")) {
        if path.file_name().is_some_and(|name| name == "mod.rs") {
            let text = fs::read_to_string(&path).unwrap();
            let first = text.lines().next().unwrap_or_default();
            assert!(first.starts_with("//! ") && first.contains('?'), "{}: {first}", path.display());
        }
    }
}

/// Paths between backticks that a document names; placeholders in capitals are left out.
fn named_paths(text: &str) -> impl Iterator<Item = &str> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter(|own| ["src/", "tests/", "docs/", "migrations/"].iter().any(|root| own.starts_with(root)))
}

#[test]
fn the_paths_that_newcomers_are_shown_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["docs/finding.md", "docs/architecture.md", "docs/model.md"] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let paths = named_paths(&text).filter(|path| !path.contains("NAME") && !path.contains("FAMILY"));
        let missing: Vec<&str> = paths.filter(|path| !root.join(path).exists()).collect();
        assert!(missing.is_empty(), "{document} names {missing:?}");
    }
}

/// What `lib.rs` shows is the interface: few names, each listed.
#[test]
fn the_interface_fits_a_screen() {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let (mut names, mut hidden) = (Vec::new(), false);
    let statements = text.split_inclusive(['\n']).filter(|line| !line.trim_start().starts_with("//"));
    let code: String = statements.collect();
    for statement in code.split(';') {
        hidden |= statement.contains("#[doc(hidden)]");
        if let Some((_, what)) = statement.split_once("pub ") {
            assert!(!what.contains('*'), "list the names: {what}");
            let listed = what.rsplit("::").next().unwrap_or(what);
            let listed: Vec<&str> =
                listed.split([',', '{', '}', ' ', '\n']).filter(|name| !name.is_empty()).collect();
            if !hidden {
                names.extend(listed.iter().map(|name| (*name).to_owned()));
            }
            hidden = false;
        }
    }
    let names: Vec<String> = names.into_iter().filter(|name| name != "use").collect();
    assert!((40..=60).contains(&names.len()), "{} names: {}", names.len(), names.join(", "));
}

/// The code of a file without its comments and its tests.
fn code_of(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = (1..).zip(code.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"));
    lines.map(|(number, line)| (number, line.to_owned())).collect()
}

/// The names that `src/relations/vocabulary.rs` declares.
fn vocabulary() -> Vec<String> {
    let code = code_of(&root().join("src/relations/vocabulary.rs"));
    let names = code.iter().filter(|(_, line)| line.contains(": &str = \""));
    names.filter_map(|(_, line)| line.split('"').nth(1).map(str::to_owned)).collect()
}

#[test]
fn labels_and_edge_types_are_written_once() {
    let names = vocabulary();
    assert!(names.len() > 30, "only {} names were found", names.len());
    let mut breaches = Vec::new();
    for path in rust_files(&root().join("src")) {
        // OF is a word of the query language too.
        let is_syntax = path.starts_with(root().join("src/query/syntax"));
        if path.ends_with("relations/vocabulary.rs") {
            continue;
        }
        for (number, line) in code_of(&path) {
            let literals = line.split('"').skip(1).step_by(2);
            let named = literals.filter(|literal| names.iter().any(|name| name == literal));
            let named = named.filter(|literal| !(is_syntax && *literal == "OF"));
            breaches.extend(named.map(|literal| format!("{}:{number}: {literal}", path.display())));
        }
    }
    assert!(breaches.is_empty(), "use relations::vocabulary:\n{}", breaches.join("\n"));
}

/// Whether a line of code names an option as the command's user types it: two hyphens and a word.
fn names_an_option(line: &str) -> bool {
    line.match_indices("--").any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let after = line.get(at + 2..).and_then(|after| after.chars().next());
        before.is_none_or(|before| " \"(`“".contains(before))
            && after.is_some_and(|after| after.is_ascii_lowercase())
    })
}

#[test]
fn messages_of_the_library_name_no_command() {
    let commands: Vec<String> = rust_files(&root().join("src/cli/commands"))
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|name| name != "mod")
        .collect();
    assert!(commands.len() > 20, "only {} commands were found", commands.len());
    let mut breaches = Vec::new();
    for path in rust_files(&root().join("src")).iter().filter(|path| module_of(path) != "cli") {
        for (number, line) in code_of(path) {
            let is_typed = |name: &String| {
                let quoted = [
                    format!("`{name}`"),
                    format!("`{name} "),
                    format!("'{name}'"),
                    format!("`intergov {name}"),
                ];
                // The first line of a backup is `intergov backup`.
                let named = line.contains(&format!("intergov {name}")) && name != "backup";
                line.contains('"') && (named || quoted.iter().any(|quoted| line.contains(quoted)))
            };
            if names_an_option(&line) || commands.iter().any(is_typed) {
                breaches.push(format!("{}:{number}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(
        breaches.is_empty(),
        "the command adds its own words, in src/cli/failure.rs:\n{}",
        breaches.join("\n")
    );
}
