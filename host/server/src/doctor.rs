//! Is everything as it should be, and what is to be done? One sentence a check, and it changes nothing.

mod database;
mod rates;
mod seals;
pub(crate) mod secrets;
mod work;

use engine::Clock;
use serde::Serialize;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::start::read_words;

/// What was looked at, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub check: &'static str,
    pub well: bool,
    pub says: String,
    /// What a person can do about it.
    #[serde(rename = "do", skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Check {
    fn well(check: &'static str, says: impl Into<String>) -> Self {
        Self { check, well: true, says: says.into(), hint: None }
    }

    fn wrong(check: &'static str, says: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { check, well: false, says: says.into(), hint: Some(hint.into()) }
    }

    /// An error text, which may end in its own hint.
    fn failed(check: &'static str, error: &impl std::error::Error) -> Self {
        let text = error.to_string();
        let (says, hint) = match text.split_once("\n\nhint: ") {
            Some((says, hint)) => (says, Some(hint.to_owned())),
            None => (text.as_str(), None),
        };
        Self { check, well: false, says: says.to_owned(), hint }
    }

    /// Well when nothing was found.
    fn none(check: &'static str, found: usize, well: &str, wrong: impl Into<String>, hint: &str) -> Self {
        match found {
            0 => Self::well(check, well),
            _ => Self::wrong(check, wrong, hint),
        }
    }
}

/// Looks at everything that the configuration names. What depends on a check that failed is not looked at.
pub async fn examine(config: &Config) -> Vec<Check> {
    let mut checks = vec![configuration(config), database::disk(config), secrets::examine(config).await];
    let now = SystemClock::new(config.zone.clone()).now();
    match database::open(config).await {
        Ok(store) => {
            checks.extend(database::examine(config, store.as_ref(), now).await);
            checks.extend(work::examine(store.as_ref(), now).await);
            checks.extend(seals::examine(config, store.as_ref()).await);
            checks.push(rates::examine(config, store.as_ref(), now.date()).await);
            store.close().await;
        }
        Err(check) => checks.push(check),
    }
    checks
}

fn configuration(config: &Config) -> Check {
    match read_words(config) {
        Ok((policy, _)) => Check::well(
            "configuration",
            format!("`{}`: policy `{}`, {} plugins", config.file.display(), policy.name, config.plugins.len()),
        ),
        Err(error) => Check::failed("configuration", &error),
    }
}
