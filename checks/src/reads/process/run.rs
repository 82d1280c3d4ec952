//! Running a program to its end, which comes soon enough whatever it does.

use std::io::{self, Read as _};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use super::capture::{Capture, Keep};
use super::family::Family;
use super::stop::{heard, stop, stopped};
use super::{CommandError, CommandRequest, Ending, Ran};
use crate::contract::Seen;
use crate::reads::Reads;

/// How much of standard output is kept: whoever reads it reads its beginning, or all.
const STDOUT: Keep = Keep::Beginning(1 << 20);
/// How much of standard error is kept: what went wrong is told last.
const STDERR: Keep = Keep::End(64 << 10);

/// How long an output may stay open once the program has ended: whoever holds it then is a process that was
/// left behind, but what has been printed must be read.
const LINGER: Duration = Duration::from_millis(200);

/// The most programs that run at the same time.
const AT_ONCE: usize = 16;
/// Who has waited so long for a turn, or a quarter of its time, runs all the same.
const PATIENCE: Duration = Duration::from_secs(1);

/// The programs that run, so many at a time.
#[derive(Debug)]
pub(in crate::reads) struct Programs {
    turns: Semaphore,
}

impl Default for Programs {
    fn default() -> Self {
        Self {
            turns: Semaphore::new(AT_ONCE),
        }
    }
}

impl Programs {
    pub async fn run(&self, request: &CommandRequest) -> Result<Ran, CommandError> {
        let began = Instant::now();
        let patience = PATIENCE.min(request.within / 4);
        let _turn = timeout(patience, self.turns.acquire()).await;
        let left = request.within.saturating_sub(began.elapsed());
        let (child, family) = start(request)?;
        let ran = ended(child, family, request.input.clone(), left).await;
        Ok(Ran {
            unset: request.unset(),
            ..ran
        })
    }
}

pub(super) fn start(request: &CommandRequest) -> Result<(Child, Family), CommandError> {
    let program = program(request);
    let mut command = Command::new(&program);
    command.args(&request.arguments);
    request.set_environment(&mut command);
    if request.folder.is_dir() {
        command.current_dir(&request.folder);
    }
    let stdin = match request.input {
        Some(_) => Stdio::piped(),
        None => Stdio::null(),
    };
    command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Family::start(&mut command).map_err(|error| refused(&error, &program))
}

/// Whatever has a `/` is a path, which counts from where the program runs.
fn program(request: &CommandRequest) -> PathBuf {
    let named = PathBuf::from(&request.program);
    if !request.program.contains('/') || !request.folder.is_dir() {
        return named;
    }
    let folder = request.folder.canonicalize();
    folder
        .unwrap_or_else(|_| request.folder.clone())
        .join(named)
}

fn refused(error: &io::Error, program: &Path) -> CommandError {
    match error.kind() {
        io::ErrorKind::NotFound if asks_with_carriage_return(program) => {
            CommandError::CarriageReturn
        }
        io::ErrorKind::NotFound if program.is_file() => CommandError::NoInterpreter,
        io::ErrorKind::NotFound => CommandError::NotFound,
        io::ErrorKind::PermissionDenied if program.is_dir() => CommandError::Folder,
        io::ErrorKind::PermissionDenied => CommandError::NotExecutable,
        io::ErrorKind::InvalidInput => CommandError::Nul,
        _ => CommandError::Unstartable(error.to_string()),
    }
}

fn asks_with_carriage_return(program: &Path) -> bool {
    // The system reads no longer first line either (execve(2)).
    let mut first = Vec::new();
    let read = std::fs::File::open(program).and_then(|file| file.take(256).read_to_end(&mut first));
    let line = first
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    read.is_ok() && line.starts_with(b"#!") && line.ends_with(b"\r")
}

/// Talks with the program until it has ended or must, and then ends whatever it left behind.
async fn ended(mut child: Child, mut family: Family, input: Option<String>, left: Duration) -> Ran {
    let began = Instant::now();
    let (mut stdout, mut stderr) = (Capture::new(STDOUT), Capture::new(STDERR));
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let ending = {
        let written = write(pipes.0, input);
        let read = async {
            let stdout = async { finished(pipes.1.map(|pipe| stdout.read(pipe))).await };
            let stderr = async { finished(pipes.2.map(|pipe| stderr.read(pipe))).await };
            // Whichever floods ends both.
            tokio::try_join!(stdout, stderr).is_ok()
        };
        let talk = async { tokio::join!(written, read).1 };
        tokio::pin!(talk);
        let watched = timeout(left, watch(&mut child, &mut talk)).await;
        let (ending, open) = watched.unwrap_or((Ending::TimedOut, true));
        family.end(&mut child).await;
        if open && matches!(ending, Ending::Code(_) | Ending::Signal(_)) {
            let _ = timeout(LINGER, &mut talk).await;
        }
        ending
    };
    Ran {
        ending,
        stdout: stdout.printed(),
        stderr: stderr.printed(),
        took: began.elapsed(),
        unset: Vec::new(),
    }
}

/// The program's own end or its flood, and whether its outputs are still open.
async fn watch(child: &mut Child, mut talk: impl Future<Output = bool> + Unpin) -> (Ending, bool) {
    let status = tokio::select! {
        whole = &mut talk => match whole {
            true => return (ending(child.wait().await), false),
            false => return (Ending::Flooded, false),
        },
        status = child.wait() => status,
    };
    let open = timeout(LINGER, talk).await.is_err();
    (ending(status), open)
}

fn ending(status: io::Result<ExitStatus>) -> Ending {
    let by_signal = |status: &ExitStatus| status.signal().map(Ending::Signal);
    match status {
        Ok(status) => by_signal(&status).unwrap_or(Ending::Code(status.code().unwrap_or(-1))),
        Err(_) => Ending::Signal(0),
    }
}

/// Whether the output came to an end. Where there is none, it did.
async fn finished(read: Option<impl Future<Output = bool>>) -> Result<(), ()> {
    let whole = match read {
        Some(read) => read.await,
        None => true,
    };
    whole.then_some(()).ok_or(())
}

/// A program need not read what it is given.
async fn write(stdin: Option<ChildStdin>, input: Option<String>) {
    if let (Some(mut stdin), Some(input)) = (stdin, input) {
        let _ = stdin.write_all(input.as_bytes()).await;
    }
}

/// Runs a program where there is no run: what is asked before a suite is known to have no mistakes. It blocks, on a
/// thread of its own, so that whoever calls may have a runtime or none. A signal that asks to stop ends the program: unheard, it
/// would end touchdown alone, for the terminal doesn't send it to another group. Later ones are not started.
///
/// # Errors
/// Why it was not started.
pub fn run_alone(request: &CommandRequest) -> Result<Ran, CommandError> {
    if stopped().is_some() {
        return Err(CommandError::Interrupted);
    }
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CommandError::Unstartable(error.to_string()))?;
        runtime.block_on(async {
            let programs = Programs::default();
            let stop = stop().map_err(|error| CommandError::Unstartable(error.to_string()))?;
            tokio::select! {
                biased;
                by = stop => {
                    heard(by);
                    Err(CommandError::Interrupted)
                }
                ran = programs.run(request) => ran,
            }
        })
    };
    let ended = std::thread::scope(|scope| scope.spawn(run).join());
    ended.unwrap_or_else(|_| Err(CommandError::Unstartable("the thread panicked".into())))
}

impl Reads {
    /// Runs a program to its end. Each asker gets a run of their own: that a program answers twice is two
    /// facts.
    ///
    /// It runs in the request's folder and in a process group of its own, which is ended with it: by SIGTERM and a
    /// moment later by SIGKILL where the program's time is over or it floods, else by SIGKILL. On Linux so is
    /// whatever left the group: touchdown is the reaper of its descendants, and ends those that are of the
    /// program's session, carry this run's mark in the environment they began with, or descend from one that does.
    /// Who gives up all of these, and whose parents have ended, is ended when no other program runs, and
    /// [`end_programs`](crate::reads::end_programs) ends whoever is left. Elsewhere, on macOS say, a process that
    /// leaves the group survives.
    pub async fn command(&self, request: CommandRequest) -> Seen<Result<Ran, CommandError>> {
        let ran = self.connections.programs.run(&request).await;
        self.seen("exec", request.to_string(), None, ran)
    }
}

#[cfg(test)]
mod tests;
