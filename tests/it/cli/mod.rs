//! The command as its user meets it: what it prints, where, and with which exit code.

mod care;
mod change;
#[cfg(target_os = "linux")]
mod clocks;
mod conditions;
mod failures;
#[cfg(unix)]
mod files;
mod import;
mod names;
mod options;
mod questions;
mod read;
mod shipped;
#[cfg(unix)]
mod signals;
mod synth;
mod terminal;
#[cfg(target_os = "linux")]
mod threads;
mod view;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder of the fixtures.
pub(crate) fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    assert!(folder.is_dir(), "{}", folder.display());
    folder.to_str().unwrap().to_owned()
}

/// A folder to run the command in, and what the environment of the command holds.
pub(crate) struct Place {
    folder: TempDir,
    environment: Vec<(&'static str, &'static str)>,
}

impl Place {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// A folder with the store `toy`, whose every tie is known by hand (fixtures/two-provinces/README.md).
    pub(crate) fn toy() -> Self {
        let place = Self::empty();
        place.run(&["import", "toy", &fixture("two-provinces")]).succeeds();
        place
    }

    pub(crate) fn with(mut self, variable: &'static str, value: &'static str) -> Self {
        self.environment.push((variable, value));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The command with only the environment that the test gives it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_intergov"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        command.env("INTERGOV_ACTOR", "tester").env("TZ", "UTC");
        command.envs(self.environment.iter().copied());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Shown {
        Shown(self.command(arguments).output().unwrap())
    }
}

/// All that a run shows: stdout, stderr, exit code.
pub(crate) struct Shown(Output);

impl Shown {
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    pub(crate) fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.0.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }

    /// The rows of CSV on stdout, without the header.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_reader(self.0.stdout.as_slice());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    /// The cells of some columns of CSV on stdout.
    pub(crate) fn columns<const N: usize>(&self, names: [&str; N]) -> Vec<[String; N]> {
        let mut reader = csv::Reader::from_reader(self.0.stdout.as_slice());
        let header = reader.headers().unwrap().clone();
        let places = names.map(|name| header.iter().position(|own| own == name).unwrap());
        reader.records().map(|row| row.unwrap()).map(|row| places.map(|at| row[at].to_owned())).collect()
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code(), Some(0), "{self}");
        self
    }

    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> Self {
        assert_eq!(self.code(), Some(code), "{self}");
        assert!(self.stdout().is_empty(), "a failure wrote data: {self}");
        self
    }

    /// The whole snapshot.
    #[track_caller]
    pub(crate) fn is(&self, expected: &str) {
        let found = self.to_string();
        assert!(found == expected.trim_start_matches('\n'), "expected:\n{expected}\nfound:\n{found}");
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}--- stderr\n{}--- exit ", self.stdout(), self.stderr())?;
        match self.code() {
            Some(code) => writeln!(f, "{code}"),
            None => writeln!(f, "by a signal"),
        }
    }
}
