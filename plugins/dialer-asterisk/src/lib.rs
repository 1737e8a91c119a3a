//! Calls dialled by an Asterisk; what became of them as its dialplan wrote it down.

mod ari;
mod map;
mod wire;

use std::collections::BTreeMap;

use dunlin_plugin_sdk::dialer::{Call, Effect, Fact, Withdrawal};
use dunlin_plugin_sdk::http::encoded;
use dunlin_plugin_sdk::{
    Batch, Dialer, Error, Finding, Outcome, Page, Progress, Receipt, Refusal, Request, Result, log,
};
use serde::Deserialize;
use serde_json::json;

use ari::{api, dialling};
use map::Disposition;

/// Results of one pull; each takes one request when it is read and two when it is put aside.
const RESULTS_PER_PULL: usize = 40;
/// Seconds after which a call is given up that the dialplan did not give up.
const GRACE_SECONDS: u32 = 15;
const RING_SECONDS: std::ops::RangeInclusive<u32> = 5..=120;
/// When it makes sense to ask again while all lines are taken.
const BUSY_MS: u64 = 10_000;
const DIALPLAN: &str = "1";

pub struct Asterisk;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whose number the debtor sees.
    caller_id: Option<String>,
    /// Seconds that a phone may ring.
    #[serde(default = "ring_seconds")]
    ring_seconds: u32,
    /// Calls at the same time.
    #[serde(default = "calls_max")]
    calls_max: usize,
    /// Digits before the country's code of a number, such as `00`.
    #[serde(default)]
    prefix: String,
    /// Numbers that do not say their country are dialled as they stand.
    #[serde(default)]
    national: bool,
    /// What an answered call means of which the dialplan said nothing.
    #[serde(default)]
    answered: Disposition,
    /// Words of the dialplan, each with the contract's code that it means.
    #[serde(default)]
    dispositions: BTreeMap<String, Disposition>,
}

impl Dialer for Asterisk {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        if !RING_SECONDS.contains(&config.ring_seconds) || config.calls_max == 0 {
            return Err(Error::misconfigured("`ring_seconds` or `calls_max` is out of bounds")
                .hint("a phone rings 5 to 120 seconds; at least one call is made at a time"));
        }
        if !config.prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(
                Error::misconfigured(format!("`prefix` `{}` cannot be dialled", config.prefix)).hint("digits only")
            );
        }
        ari::new_results()?;
        match ari::variable("DUNLIN_DIALPLAN")?.as_str() {
            DIALPLAN => Ok(()),
            other => Err(Error::misconfigured(format!(
                "the dialplan's `DUNLIN_DIALPLAN` is `{other}`, not `{DIALPLAN}`"
            ))
            .hint(
                "include the plugin's `extensions.conf` and set the variable under `[globals]`; the README shows how",
            )),
        }
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        for token in cursor.unwrap_or_default().split_whitespace() {
            if !map::is_token(token) {
                return Err(Error::broken(format!("`{token}` is no cursor of this plugin")).hint("let it start anew"));
            }
            ari::put_aside(token)?;
        }
        let (mut events, mut refusals, mut read) = (Vec::new(), Vec::new(), Vec::new());
        let names = ari::new_results()?;
        for name in &names {
            let token = name.strip_prefix(ari::NEW).unwrap_or_default();
            if !map::is_token(token) {
                continue;
            }
            if read.len() == RESULTS_PER_PULL {
                break;
            }
            let Some(text) = ari::text(name)? else { continue };
            let Some(ended) = wire::ended(&text) else {
                log::warn(format!("`{name}` is not whole; it is read again at the next pull"));
                continue;
            };
            match ended.and_then(|ended| map::event(config, name, token, &ended)) {
                Ok(event) => events.push(event),
                Err(reason) => refusals.push(Refusal { document: name.clone(), place: String::new(), reason }),
            }
            read.push(token.to_owned());
        }
        let more = read.len() == RESULTS_PER_PULL;
        Ok(Page { events, progress: Progress { cursor: read.join(" "), more, refusals, totals: Vec::new() } })
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let perform = |request: &Request<Effect>| match &request.effect {
            Effect::QueueCall(call) => queue(config, batch, &request.key, call),
            Effect::WithdrawCall(withdrawal) => withdraw(withdrawal),
            Effect::Other(other) => Ok(Outcome::not_supported(format!("a telephone cannot carry `{}`", other.kind))),
        };
        requests.iter().map(perform).collect()
    }

    fn lookup(_: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        let finding = |key: &String| {
            let token = map::token(key);
            Ok(match was_made(&token)? {
                true => Finding::Done(Receipt { reference: reference(&token), notes: Vec::new() }),
                false => Finding::Absent,
            })
        };
        keys.iter().map(finding).collect()
    }
}

dunlin_plugin_sdk::export!(Asterisk: dialer);

/// It is under way, or there is a result.
fn was_made(token: &str) -> Result<bool> {
    Ok(ari::channel(&dialling(token))?.is_some() || ari::has_result(token)?)
}

/// Dials at once, if a line is free.
fn queue(config: &Config, batch: &Batch, key: &str, call: &Call) -> Result<Outcome> {
    let number = match map::number(config, call, batch.today) {
        Ok(number) => number,
        Err(rejected) => return Ok(rejected),
    };
    let token = map::token(key);
    if was_made(&token)? {
        return Ok(Outcome::done(reference(&token)));
    }
    let under_way = ari::channels()?.iter().filter(|channel| map::is_token(&channel.id)).count();
    if under_way >= config.calls_max {
        return Err(Error::retry_later(format!("{under_way} calls are under way already")).retry_after_ms(BUSY_MS));
    }
    let variables = json!({"variables": {
        "DUNLIN_CALL": token,
        // Percent-encoded: nothing in them means anything to a dialplan.
        "DUNLIN_KEY": encoded(key),
        "DUNLIN_ACCOUNT": encoded(&call.account),
        "DUNLIN_SECONDS": config.ring_seconds.to_string(),
    }});
    let start = api()
        .post("/channels")
        .query("endpoint", format!("Local/{number}@dunlin-call/n"))
        .query("context", "dunlin-answered")
        .query("extension", "s")
        .query("priority", 1)
        .query("timeout", config.ring_seconds + GRACE_SECONDS)
        .query("channelId", &token)
        .query("otherChannelId", dialling(&token));
    let start = config.caller_id.iter().fold(start, |start, caller| start.query("callerId", caller));
    Ok(match ari::done(start.json(&variables).send())? {
        Ok(answer) if answer.status == 404 => Outcome::Unknown("asterisk answered 404 to a new call".to_owned()),
        // 409: somebody asked for it a moment ago.
        Ok(_) => Outcome::done(reference(&token)),
        Err(outcome) => outcome,
    })
}

/// Hangs up what nobody answered yet.
fn withdraw(withdrawal: &Withdrawal) -> Result<Outcome> {
    let token = map::token(&withdrawal.call);
    if let Some(channel) = ari::channel(&token)? {
        if channel.state == "Up" {
            return Ok(Outcome::rejected("too-late", "somebody answered: they are talking"));
        }
        let hung_up = api().delete(format!("/channels/{token}")).query("reason", "normal").send();
        match ari::done(hung_up)? {
            Ok(answer) if answer.is_good() => return Ok(Outcome::done(reference(&token))),
            Ok(_) => {}
            Err(outcome) => return Ok(outcome),
        }
    }
    Ok(match ari::result(&token)? {
        Some(ended) if ended.status == "CANCEL" => Outcome::done(reference(&token)),
        Some(_) => Outcome::rejected("too-late", "the call has ended"),
        None => Outcome::rejected("unknown-call", "asterisk has neither this call nor a result of it"),
    })
}

fn reference(token: &str) -> String {
    format!("channel {token}")
}

fn ring_seconds() -> u32 {
    30
}

fn calls_max() -> usize {
    5
}

#[cfg(test)]
mod tests;
