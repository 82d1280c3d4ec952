//! Real programs, the worst of them: each comes to an end, and leaves nobody behind.

use super::*;
use crate::contract::Clock;
use crate::reads::Connections;
use std::sync::Arc;

fn script(text: &str, within: Duration) -> CommandRequest {
    CommandRequest {
        program: "sh".into(),
        arguments: vec!["-c".into(), text.into()],
        input: Some("given\n".into()),
        pass_env: Vec::new(),
        env: vec![("GIVEN".into(), "set".into())],
        folder: PathBuf::new(),
        within,
    }
}

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(400);

async fn run(text: &str, within: Duration) -> Ran {
    let ran = Programs::default().run(&script(text, within)).await;
    ran.expect("a shell")
}

/// Whether a process runs; one that has ended and waits for its parent doesn't.
fn runs(id: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| state != Some('Z'))
}

#[tokio::test]
async fn tells_code_and_outputs_and_gives_input_and_environment() {
    let ran = run(
        "cat; echo $GIVEN ${CARGO_MANIFEST_DIR:-scrubbed}; echo no >&2; exit 3",
        LONG,
    )
    .await;
    assert_eq!(ran.ending, Ending::Code(3));
    assert_eq!(ran.stdout.text, "given\nset scrubbed\n");
    assert_eq!(ran.stderr.text, "no\n");
}

#[tokio::test]
async fn tells_which_variables_it_could_not_pass() {
    let mut request = script("exit 0", LONG);
    request.pass_env = ["PATH", "NEVER_SET_HERE"].map(str::to_owned).to_vec();
    let ran = Programs::default().run(&request).await.expect("a shell");
    assert_eq!(ran.unset, ["NEVER_SET_HERE"]);
}

#[tokio::test]
async fn tells_the_signal_that_ended_it() {
    assert_eq!(run("kill -9 $$", LONG).await.ending, Ending::Signal(9));
}

#[tokio::test]
async fn tells_why_a_program_was_not_started() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("text"), "no program").expect("a file");
    let interpreted = folder.path().join("interpreted");
    std::fs::write(&interpreted, "#!/no/such/interpreter\n").expect("a file");
    let windows = folder.path().join("windows");
    std::fs::write(&windows, "#!/bin/sh\r\nexit 0\r\n").expect("a file");
    for script in [&interpreted, &windows] {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(script, mode).expect("executable");
    }
    for (program, error) in [
        ("no-such-program", CommandError::NotFound),
        ("./no-such-program", CommandError::NotFound),
        ("./text", CommandError::NotExecutable),
        ("./interpreted", CommandError::NoInterpreter),
        ("./windows", CommandError::CarriageReturn),
        ("./", CommandError::Folder),
        ("s\0h", CommandError::Nul),
    ] {
        let mut request = script("", LONG);
        request.program = program.into();
        request.folder = folder.path().to_owned();
        assert_eq!(
            Programs::default().run(&request).await,
            Err(error),
            "{program}"
        );
    }
}

#[tokio::test]
async fn it_runs_in_the_folder_and_is_found_from_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("here.sh");
    std::fs::write(&path, "#!/bin/sh\npwd\n").expect("a file");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("executable");
    let mut request = script("", LONG);
    request.program = "./here.sh".into();
    request.folder = folder.path().to_owned();
    let ran = Programs::default().run(&request).await.expect("a script");
    let told = std::path::Path::new(ran.stdout.text.trim_end()).canonicalize();
    assert_eq!(
        told.expect("a folder"),
        folder.path().canonicalize().expect("a folder")
    );
}

#[tokio::test]
async fn a_flood_is_ended_and_fills_no_memory() {
    let ran = run("yes", LONG).await;
    assert_eq!(ran.ending, Ending::Flooded);
    assert_eq!(ran.stdout.text.len(), 1 << 20);
    let ran = run("head -c 1000000000 /dev/zero >&2", LONG).await;
    assert_eq!(ran.ending, Ending::Flooded);
    assert_eq!(ran.stderr.text.len(), 64 << 10);
}

#[tokio::test]
async fn who_hangs_is_ended_even_if_it_will_not() {
    let ran = run("trap '' TERM; echo $$; while :; do sleep 1; done", SHORT).await;
    assert_eq!(ran.ending, Ending::TimedOut);
    assert!(!runs(ran.stdout.text.trim()), "{ran:?}");
}

/// Scripts that leave a process behind, and print its id.
#[cfg(target_os = "linux")]
const DESERTERS: [&str; 3] = [
    "sleep 600 & echo $!",
    "setsid sh -c 'echo $$; exec sleep 600' & sleep 0.2",
    "(setsid sh -c '(setsid sh -c \"echo \\$\\$; exec sleep 600\" &)' &) ; sleep 0.3",
];

/// These have no mark either, so that they are found only as long as their parents run, or when no program does.
#[cfg(target_os = "linux")]
const UNMARKED: [&str; 2] = [
    "setsid env -i sh -c 'echo $$; setsid env -i sleep 601' & sleep 0.3",
    "(setsid env -i sh -c 'echo $$; exec sleep 602' &); sleep 0.3",
];

/// Waits until a process is gone. A signal is on its way when it has been sent, and the programs of other tests keep
/// orphans alive while they run.
#[cfg(target_os = "linux")]
async fn gone(id: &str, why: &str) {
    let gone = async {
        while runs(id) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(60), gone).await.expect(why);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn nobody_is_left_behind_by_whoever_ends_or_is_ended() {
    let all = || DESERTERS.into_iter().chain([UNMARKED[0]]);
    let ends = [
        ("", Ending::Code(0)),
        ("; kill -9 $$", Ending::Signal(9)),
        ("; exec head -c 20000000 /dev/zero >&2", Ending::Flooded),
    ];
    let ended = ends
        .iter()
        .flat_map(|(rest, ending)| DESERTERS.map(|script| (script, *ending, *rest)));
    let hanging = all().map(|script| (script, Ending::TimedOut, "; sleep 600"));
    for (script, ending, rest) in ended.chain(hanging) {
        let within = if ending == Ending::TimedOut {
            Duration::from_secs(2)
        } else {
            LONG
        };
        let ran = run(&format!("{script}{rest}"), within).await;
        assert_eq!(ran.ending, ending, "{script}{rest}");
        let id = ran.stdout.text.lines().next().unwrap_or_default();
        assert!(id.parse::<u32>().is_ok(), "{script}: {ran:?}");
        assert!(!runs(id), "{script}{rest}: {id} survived");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn whoever_gave_up_all_that_it_is_known_by_is_ended_when_no_program_runs() {
    for script in UNMARKED {
        let ran = run(script, LONG).await;
        assert_eq!(ran.ending, Ending::Code(0), "{script}");
        let id = ran.stdout.text.lines().next().unwrap_or_default();
        assert!(id.parse::<u32>().is_ok(), "{script}: {ran:?}");
        gone(id, script).await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn nobody_is_left_behind_by_whoever_is_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    for (number, deserter) in DESERTERS.into_iter().chain(UNMARKED).enumerate() {
        let told = folder.path().join(number.to_string());
        let text = format!("exec >{}; {deserter}; sleep 600", told.display());
        let request = script(&text, LONG);
        let programs = Programs::default();
        let written = async {
            loop {
                let text = std::fs::read_to_string(&told).unwrap_or_default();
                if let Some((id, _)) = text.split_once('\n') {
                    return id.to_owned();
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let id = tokio::select! {
            ran = programs.run(&request) => panic!("it ended: {ran:?}"),
            id = written => id,
        };
        gone(&id, deserter).await;
    }
}

#[tokio::test]
async fn a_run_is_told_with_its_command_line() {
    let connections = Arc::new(Connections::from_environment(Clock::system(), None));
    let seen = Reads::of_round(connections)
        .command(script("exit 0", LONG))
        .await;
    assert_eq!(
        (&*seen.source.call, &*seen.source.resource),
        ("exec", "sh -c 'exit 0'")
    );
    assert_eq!(seen.value.map(|ran| ran.ending), Ok(Ending::Code(0)));
}
