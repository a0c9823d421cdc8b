//! A system that starts only so many threads: a command does its work or says so; it never panics and never waits for
//! ever.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Place, Shown, fixture};

/// After so long a command hangs.
const DEADLINE: Duration = Duration::from_secs(60);

/// A user of this test alone, for whom the limit counts nobody else's threads: root has no limit and can take the place
/// of any user.
fn user() -> u32 {
    200_000 + std::process::id() % 100_000
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// A command that may have so many threads.
fn limited(place: &Place, program: &Path, threads: u32, arguments: &[&str]) -> Command {
    let mut command = Command::new("prlimit");
    if is_root() {
        command = Command::new("setpriv");
        command.arg(format!("--reuid={}", user())).args(["--clear-groups", "prlimit"]);
    }
    command.arg(format!("--nproc={threads}")).arg(program).args(arguments);
    command.current_dir(place.path("")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("INTERGOV_ACTOR", "tester").env("TZ", "UTC");
    command
}

fn within_deadline(mut child: Child, what: &str) -> Shown {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > DEADLINE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{what} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Shown(child.wait_with_output().unwrap())
}

#[test]
fn few_threads_or_none_stop_no_command_half_way() {
    let place = Place::toy();
    let open = |path: &Path, mode: u32| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let program = place.path("intergov");
    fs::copy(env!("CARGO_BIN_EXE_intergov"), &program).unwrap();
    if is_root() {
        let owner = format!("{}:{}", user(), user());
        assert!(
            Command::new("chown").args(["-R", &owner]).arg(place.path("toy")).status().unwrap().success()
        );
        open(&place.path(""), 0o777);
    }
    let package = fixture("two-provinces");
    // Of an ordinary user other processes count too: none is sure to be refused, all others may be.
    let limits: &[u32] = if is_root() { &[1, 2, 3, 4, 5, 7, 9, 12] } else { &[1] };
    let (mut refused, mut done) = (0, 0);
    for threads in limits {
        let into = format!("made-{threads}");
        for arguments in [
            &["verify", "toy"][..],
            &["analyze", "toy", "density", "--as-of", "2010", "--format", "csv"],
            &["dump", "toy"],
            &["import", &into, &package],
        ] {
            let what = format!("{arguments:?} with {threads} threads");
            let shown =
                within_deadline(limited(&place, &program, *threads, arguments).spawn().unwrap(), &what);
            match shown.code() {
                Some(0) if arguments[0] == "import" => done += 1,
                Some(0) => {
                    done += 1;
                    assert_eq!(shown.stdout(), place.run(arguments).stdout(), "{what}");
                }
                Some(1) => {
                    refused += 1;
                    assert!(shown.stderr().contains("the system starts no more threads"), "{what}: {shown}");
                }
                _ => panic!("{what}: {shown}"),
            }
        }
    }
    assert!(refused >= 4, "{refused} were refused");
    assert!(!is_root() || done >= 16, "{done} were done");
}
