//! Notifications to colleagues in Slack, in Teams, or to a web address of one's own.

mod map;
mod wire;

use dunlin_plugin_sdk::http::Connection;
use dunlin_plugin_sdk::notifier::{Effect, Notification};
use dunlin_plugin_sdk::{Batch, Error, Notifier, Outcome, Request, Result};
use serde::Deserialize;

pub struct NotifierChat;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    kind: Kind,
    /// Below the address of the connection; Slack has its own.
    path: Option<String>,
}

/// Who is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The Web API, by a bot's token.
    Slack,
    /// A workflow that posts what a web request brings.
    Teams,
    /// Anything that takes JSON.
    Web,
}

impl Notifier for NotifierChat {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        match (config.kind, &config.path) {
            (Kind::Slack, None) => Ok(()),
            (Kind::Slack, Some(_)) => Err(Error::misconfigured("`path` means nothing to Slack").hint("leave it out")),
            (_, Some(path)) if path.starts_with('/') => Ok(()),
            _ => Err(Error::misconfigured("`path` is missing or does not begin with `/`")
                .hint("the part of the address behind the host's name, without the secret")),
        }
    }

    fn perform(config: &Config, _: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let perform = |request: &Request<Effect>| match &request.effect {
            Effect::Notify(notification) => notify(config, &request.key, notification),
            Effect::Other(other) => Ok(Outcome::not_supported(format!("a chat cannot `{}`", other.kind))),
        };
        requests.iter().map(perform).collect()
    }
}

dunlin_plugin_sdk::export!(NotifierChat: notifier);

fn notify(config: &Config, key: &str, notification: &Notification) -> Result<Outcome> {
    let chat = Connection::new("chat");
    let path = config.path.as_deref().unwrap_or("/api/chat.postMessage");
    let call = match config.kind {
        Kind::Slack => chat.post(path).json(&map::slack(notification)),
        Kind::Teams => chat.post(path).json(&map::teams(notification)),
        Kind::Web => chat.post(path).json(&map::web(key, notification)),
    };
    match call.send() {
        Ok(answer) if config.kind == Kind::Slack => map::slack_outcome(answer),
        Ok(answer) => map::outcome(answer),
        Err(failure) => failure.outcome(),
    }
}

#[cfg(test)]
mod tests;
