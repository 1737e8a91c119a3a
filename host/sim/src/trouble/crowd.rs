//! Real hosts under load, and what they have acknowledged.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::worker::millis;
use crate::process::Process;

/// How long nobody may say anything.
const SILENCE_MAX: Duration = Duration::from_secs(90);

/// Where hosts work.
pub enum Place<'a> {
    Postgres(&'a str),
    /// A small file system of its own for each, mounted on this folder inside of the process only: its size in KiB.
    SmallDisk(&'a Path, u32),
}

pub struct Crowd {
    hosts: Vec<Process>,
    lines: mpsc::Receiver<(usize, String)>,
    /// What each host has acknowledged.
    acknowledged: Vec<BTreeSet<String>>,
    /// Refusals that were told, in order.
    pub refused: Vec<String>,
    at_rest: usize,
}

impl Crowd {
    pub fn start(count: usize, place: &Place<'_>, world: &Path) -> Result<Self, String> {
        let epoch = millis();
        let (sender, lines) = mpsc::channel();
        let mut hosts = Vec::new();
        for number in 1..=count {
            let mut command = place.command()?;
            command.args(["--host", &number.to_string(), "--epoch", &epoch.to_string(), "--world"]).arg(world);
            command.stdin(Stdio::piped());
            let mut host = Process::of(command)?;
            let said = host.child().stdout.take().ok_or("a host has no output")?;
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(said).lines().map_while(Result::ok) {
                    if sender.send((number - 1, line)).is_err() {
                        return;
                    }
                }
            });
            hosts.push(host);
        }
        let acknowledged = vec![BTreeSet::new(); count];
        Ok(Self { hosts, lines, acknowledged, refused: Vec::new(), at_rest: 0 })
    }

    pub fn acknowledged(&self) -> BTreeSet<String> {
        self.acknowledged.iter().flatten().cloned().collect()
    }

    pub fn id(&self, host: usize) -> u32 {
        self.hosts[host].id()
    }

    /// Waits until every host has acknowledged so many more things than now.
    pub fn wait_for_more(&mut self, things: usize) -> Result<(), String> {
        let wanted: Vec<usize> = self.acknowledged.iter().map(|keys| keys.len() + things).collect();
        while self.acknowledged.iter().zip(&wanted).any(|(keys, wanted)| keys.len() < *wanted) {
            self.hear()?;
        }
        Ok(())
    }

    /// Waits for a refusal that has these words.
    pub fn wait_for_refusal(&mut self, words: &str) -> Result<(), String> {
        let from = self.refused.len();
        while !self.refused[from..].iter().any(|refused| refused.contains(words)) {
            self.hear()?;
        }
        Ok(())
    }

    /// Ends the load, and waits until every host is at rest.
    pub fn calm_down(&mut self) -> Result<(), String> {
        for host in &mut self.hosts {
            let input = host.child().stdin.as_mut().ok_or("a host has no input")?;
            input.write_all(b"end\n").map_err(|error| error.to_string())?;
        }
        while self.at_rest < self.hosts.len() {
            self.hear()?;
        }
        Ok(())
    }

    pub fn end(self) -> Result<(), String> {
        for mut host in self.hosts {
            drop(host.child().stdin.take());
            host.said()?;
        }
        Ok(())
    }

    fn hear(&mut self) -> Result<(), String> {
        let Ok((host, line)) = self.lines.recv_timeout(SILENCE_MAX) else {
            let failed = self.hosts.drain(..).map(|host| match host.signal(rustix::process::Signal::KILL) {
                Ok(()) => host.output().map_or_else(|error| error, |said| String::from_utf8_lossy(&said.stderr).into()),
                Err(error) => error,
            });
            return Err(format!("the hosts fell silent: {:?}", failed.collect::<Vec<String>>()));
        };
        match line.split_once(' ') {
            Some(("ack", key)) => {
                self.acknowledged[host].insert(key.to_owned());
            }
            Some(("refused", why)) => self.refused.push(why.to_owned()),
            _ if line == "rest" => self.at_rest += 1,
            _ => return Err(format!("a host said `{line}`")),
        }
        Ok(())
    }
}

impl Place<'_> {
    fn command(&self) -> Result<Command, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        Ok(match self {
            Self::Postgres(url) => {
                let mut command = Command::new(program);
                command.args(["worker", "--postgres", url]);
                command
            }
            Self::SmallDisk(folder, size) => {
                let script = r#"mount -t tmpfs -o "size=$1k" none "$2" && dir=$2 && program=$3 && shift 3 &&
                    exec "$program" worker --dir "$dir" "$@""#;
                let mut command = Command::new("unshare");
                command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh", &size.to_string()]);
                command.arg(folder).arg(program);
                command
            }
        })
    }
}
