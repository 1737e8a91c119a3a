//! A PostgreSQL of our own, which may be stopped; and databases of our own on one that may not.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::text;

/// Ended, and forgotten, when it is dropped.
pub struct Server {
    folder: TempDir,
    pub url: String,
}

impl Server {
    pub fn start() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(text)?;
        // It runs as a user of its own, who has to get there.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).map_err(text)?;
        let url = script("start", &folder)?;
        Ok(Self { folder, url })
    }

    /// It lets go of everything at once, as in a crash; at the next start it recovers from its log.
    pub fn stop_at_once(&self) -> Result<(), String> {
        script("stop", &self.folder).map(|_| ())
    }

    pub fn start_again(&self) -> Result<(), String> {
        script("start", &self.folder).map(|_| ())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop_at_once() {
            eprintln!("the server is not stopped: {error}");
        }
    }
}

/// `.ci/postgres` on the folder `postgres` within `folder`.
fn script(verb: &str, folder: &TempDir) -> Result<String, String> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.ci/postgres");
    let done = Command::new(script).arg(verb).arg(folder.path().join("postgres")).output().map_err(text)?;
    match done.status.success() {
        true => Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned()),
        false => Err(String::from_utf8_lossy(&done.stderr).into_owned()),
    }
}

/// A new database on a server; its URL.
pub fn another_database(server: &str, name: &str) -> Result<String, String> {
    let name = format!("dunlin_{name}_{}", std::process::id());
    let made = Command::new("psql")
        .args([server, "-qX", "-v", "ON_ERROR_STOP=1", "-c", &format!("CREATE DATABASE {name}")])
        .output()
        .map_err(|error| format!("`psql` cannot be run: {error}\n\nhint: it comes with PostgreSQL's client"))?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned());
    }
    let (place, _) = server.rsplit_once('/').ok_or("the URL has to be like `postgres://user@host:port/name`")?;
    Ok(format!("{place}/{name}"))
}
