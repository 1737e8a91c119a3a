//! Secrets: where the operator keeps one, and the value that nobody sees by accident.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::limits::{COMMAND_TIME, SECRET_LEN};
use crate::vault::Vault;

/// A value that is wiped from memory at its end, and shown by nothing but [`Secret::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// # Errors
    ///
    /// When it is too short to be told from ordinary text, too long, or on several lines.
    pub fn new(value: String) -> Result<Self, String> {
        let value = Zeroizing::new(value);
        if !SECRET_LEN.contains(&value.len()) {
            let (least, most) = (SECRET_LEN.start(), SECRET_LEN.end());
            return Err(format!("it has {} bytes; allowed are {least} to {most}", value.len()));
        }
        match value.chars().any(char::is_control) {
            true => Err("it has line breaks or other control characters".to_owned()),
            false => Ok(Self(value)),
        }
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Where a secret is: in the hub's own vault under a name, or elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "a secret is the name of one in the vault, or `{ env = \"...\" }`, `{ file = \"...\" }`, `{ command = [\"...\"] }`"
)]
pub enum SecretRef {
    /// `dunlin secret set NAME`.
    Kept(String),
    Elsewhere(Elsewhere),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum Elsewhere {
    /// The variable of the environment.
    Env(String),
    /// A file that holds nothing else; a line break at its end does not count.
    File(PathBuf),
    /// What this program prints.
    Command(Vec<String>),
}

/// Finds secrets. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Secrets {
    vault: Arc<Vault>,
    /// Relative files are found from here.
    folder: PathBuf,
}

impl Secrets {
    pub fn new(vault: Vault, folder: &Path) -> Self {
        Self { vault: Arc::new(vault), folder: folder.to_owned() }
    }

    /// Where relative files of a binding are found.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The secret as it is now: what was changed meanwhile counts.
    ///
    /// # Errors
    ///
    /// A sentence that says what to do, and nothing of the secret.
    pub async fn get(&self, known: &SecretRef) -> Result<Secret, String> {
        let (place, value) = match known {
            SecretRef::Kept(name) => return self.vault.get(name).map_err(|error| error.to_string()),
            SecretRef::Elsewhere(Elsewhere::Env(name)) => {
                let value = std::env::var(name).map_err(|_| "it is not set".to_owned());
                (format!("the variable `{name}`"), value)
            }
            SecretRef::Elsewhere(Elsewhere::File(file)) => {
                let value = std::fs::read_to_string(self.folder.join(file)).map_err(|error| error.to_string());
                (format!("the file `{}`", file.display()), value)
            }
            SecretRef::Elsewhere(Elsewhere::Command(words)) => {
                (format!("the command `{}`", words.first().map_or("", String::as_str)), printed(words).await)
            }
        };
        let value = value.map(|value| value.trim_end_matches(['\r', '\n']).to_owned());
        value.and_then(Secret::new).map_err(|why| format!("the secret from {place}: {why}"))
    }
}

async fn printed(words: &[String]) -> Result<String, String> {
    let Some((program, arguments)) = words.split_first() else { return Err("it is empty".to_owned()) };
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let done = tokio::time::timeout(COMMAND_TIME, command.output()).await;
    let done = done.map_err(|_| format!("it did not end within {} s", COMMAND_TIME.as_secs()))?;
    let done = done.map_err(|error| error.to_string())?;
    match done.status.success() {
        true => String::from_utf8(done.stdout).map_err(|_| "it did not print text".to_owned()),
        false => Err(format!("it ended with {}", done.status)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may

    use super::*;

    #[test]
    fn a_secret_is_never_shown_and_never_too_short() {
        let secret = Secret::new("sk_live_4711".to_owned()).unwrap();
        assert_eq!(format!("{secret:?}"), "[secret]");
        for wrong in ["", "short", "two\nlines of it"] {
            let error = Secret::new(wrong.to_owned()).unwrap_err();
            assert!(wrong.is_empty() || !error.contains(wrong), "{error}");
        }
    }

    #[tokio::test]
    async fn a_secret_is_read_where_the_operator_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), "from-a-file\n").unwrap();
        let secrets = Secrets::new(Vault::open(folder.path()).unwrap(), folder.path());
        let read = |text: &str| {
            toml::from_str::<std::collections::BTreeMap<String, SecretRef>>(text).unwrap()["secret"].clone()
        };
        let file = read("secret = { file = \"key\" }");
        assert_eq!(secrets.get(&file).await.unwrap().expose(), "from-a-file");
        let command = read("secret = { command = [\"printf\", \"from-a-command\"] }");
        assert_eq!(secrets.get(&command).await.unwrap().expose(), "from-a-command");
        let kept = read("secret = \"gateway\"");
        assert!(secrets.get(&kept).await.unwrap_err().contains("dunlin secret set gateway"));
        for (wrong, told) in [
            ("secret = { file = \"none\" }", "the file `none`"),
            ("secret = { env = \"NO_SUCH_VARIABLE_HERE\" }", "`NO_SUCH_VARIABLE_HERE`: it is not set"),
            ("secret = { command = [\"false\"] }", "the command `false`: it ended with"),
            ("secret = { command = [] }", "it is empty"),
        ] {
            let error = secrets.get(&read(wrong)).await.unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
