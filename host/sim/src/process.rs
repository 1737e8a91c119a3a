//! Real processes under a parent's eyes: none of them outlives its time.

use std::io::Read;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// Much longer than any of them takes; one that is not done by then hangs, and is killed.
const TIME_MAX: Duration = Duration::from_secs(300);

pub struct Process {
    child: Child,
    pid: Pid,
    /// Lets go of the watchdog.
    _done: mpsc::Sender<()>,
}

impl Process {
    /// A process of this very program, whose output is kept.
    pub fn start(arguments: &[String]) -> Result<Self, String> {
        let mut command = Command::new(std::env::current_exe().map_err(text)?);
        command.args(arguments);
        Self::of(command)
    }

    pub fn of(mut command: Command) -> Result<Self, String> {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().map_err(text)?;
        let pid = Pid::from_child(&child);
        let (done, is_done) = mpsc::channel::<()>();
        std::thread::spawn(move || {
            if is_done.recv_timeout(TIME_MAX) == Err(RecvTimeoutError::Timeout) {
                let _ = kill_process(pid, Signal::KILL);
            }
        });
        Ok(Self { child, pid, _done: done })
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) -> Result<(), String> {
        kill_process(self.pid, signal).map_err(text)
    }

    /// Waits until it stands still by a signal.
    pub fn wait_until_stopped(&mut self) -> Result<(), String> {
        let status = waitpid(Some(self.pid), WaitOptions::UNTRACED).map_err(text)?;
        match status {
            Some((_, status)) if status.stopped() => Ok(()),
            _ => {
                let mut said = String::new();
                if let Some(stderr) = &mut self.child.stderr {
                    let _ = stderr.read_to_string(&mut said);
                }
                Err(format!("it was to stand still and ended: {said}"))
            }
        }
    }

    /// Waits for its end.
    pub fn output(self) -> Result<Output, String> {
        let Self { child, _done, .. } = self;
        child.wait_with_output().map_err(text)
    }

    /// Waits for its end, which has to be a good one, and answers what it said.
    pub fn said(self) -> Result<Vec<u8>, String> {
        let output = self.output()?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(format!("it failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr))),
        }
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
