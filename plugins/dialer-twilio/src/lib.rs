//! Calls over Twilio, with answering machines told apart, and what became of them.

mod api;
mod cursor;
mod map;
mod memory;
mod wire;

use dunlin_plugin_sdk::dialer::{Call, Effect, Fact, Withdrawal};
use dunlin_plugin_sdk::{
    Batch, Dialer, Error, Event, Finding, Outcome, Page, Progress, Receipt, Refusal, Request, Result, log,
};
use serde::Deserialize;
use serde_json::Value;

use api::PAGE_LEN;
use cursor::Cursor;
use map::{Answered, Disposition};
use memory::Asked;

const PAGES_PER_PULL: usize = 3;
/// Calls that have not ended, asked for one by one in a pull.
const WAITING_PER_PULL: usize = 30;
/// A lost call was made from a little before the hub asked for it (clocks differ) until somewhat later, in milliseconds.
const LOST_BEFORE: i64 = 60_000;
const LOST_AFTER: i64 = 300_000;
const RING_SECONDS: std::ops::RangeInclusive<u16> = 5..=600;

pub struct Twilio;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `AC…`: whose calls these are.
    account_sid: String,
    /// The number that the debtor sees, in the form `+4681234567`.
    from: String,
    /// Where TwiML says what happens when somebody answers. This, `twiml` or `application_sid`.
    url: Option<String>,
    twiml: Option<String>,
    application_sid: Option<String>,
    /// Seconds that a phone may ring.
    #[serde(default = "ring_seconds")]
    ring_seconds: u16,
    /// `Enable`, `DetectMessageEnd`, or `off`.
    #[serde(default = "machine_detection")]
    machine_detection: String,
    /// What a call means that a person answered.
    #[serde(default = "answered")]
    answered: Disposition,
    /// What a call means that a machine answered.
    #[serde(default = "machine")]
    machine: Disposition,
}

impl Config {
    fn meaning(&self) -> Answered<'_> {
        Answered { person: &self.answered, machine: &self.machine }
    }

    /// What happens when somebody answers; the one of three that is set.
    fn script(&self) -> Option<(&'static str, &str)> {
        let scripts = [("Url", &self.url), ("Twiml", &self.twiml), ("ApplicationSid", &self.application_sid)];
        let mut set = scripts.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
        set.next().filter(|_| set.next().is_none())
    }
}

impl Dialer for Twilio {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        let wrong = |text: String, hint: &str| Err(Error::misconfigured(text).hint(hint));
        if config.script().is_none() {
            return wrong(
                "nothing, or too much, says what happens when somebody answers".to_owned(),
                "set one of `url`, `twiml` and `application_sid`",
            );
        }
        if map::number(&config.from).as_deref() != Ok(config.from.as_str()) {
            return wrong(
                format!("`from` `{}` is no number as twilio writes it", config.from),
                "write it like `+4681234567`",
            );
        }
        let sid = config.account_sid.as_bytes();
        if sid.len() != 34 || !config.account_sid.starts_with("AC") || !sid.iter().all(u8::is_ascii_alphanumeric) {
            return wrong("`account_sid` is none of twilio's".to_owned(), "it begins with `AC` and has 34 signs");
        }
        if !RING_SECONDS.contains(&config.ring_seconds)
            || !["Enable", "DetectMessageEnd", "off"].contains(&config.machine_detection.as_str())
        {
            return wrong(
                "`ring_seconds` or `machine_detection` is out of bounds".to_owned(),
                "5 to 600 seconds; `Enable`, `DetectMessageEnd` or `off`",
            );
        }
        api::page(config, None, 1).map(drop)
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let mut found =
            Found { cursor: Cursor::read(cursor)?, events: Vec::new(), refusals: Vec::new(), told: Vec::new() };
        found.look_again(config)?;
        let more = found.read_on(config)?;
        let progress = Progress { cursor: found.cursor.write()?, more, refusals: found.refusals, totals: Vec::new() };
        found.told.iter().try_for_each(memory::forget)?;
        Ok(Page { events: found.events, progress })
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let perform = |request: &Request<Effect>| match &request.effect {
            Effect::QueueCall(call) => queue(config, batch, &request.key, call),
            Effect::WithdrawCall(withdrawal) => withdraw(config, withdrawal),
            Effect::Other(other) => Ok(Outcome::not_supported(format!("a telephone cannot carry `{}`", other.kind))),
        };
        requests.iter().map(perform).collect()
    }

    fn lookup(config: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        keys.iter().map(|key| look_up(config, key)).collect()
    }
}

dunlin_plugin_sdk::export!(Twilio: dialer);

/// What one pull gathers.
struct Found {
    cursor: Cursor,
    events: Vec<Event<Fact>>,
    refusals: Vec<Refusal>,
    /// Calls that are told with this page, and need not be remembered any more.
    told: Vec<Asked>,
}

impl Found {
    /// Asks for calls that had not ended when they were read.
    fn look_again(&mut self, config: &Config) -> Result<()> {
        for sid in memory::found()? {
            if memory::by_sid(&sid)?.is_some() {
                self.cursor.wait_for(&sid);
            }
        }
        for sid in self.cursor.next_waiting(WAITING_PER_PULL) {
            match api::call(config, &sid)? {
                Some(answer) => self.take(config, &answer.json()?)?,
                None => {
                    self.refuse(&sid, "it had not ended, and twilio does not know it any more".to_owned());
                    self.told.extend(memory::by_sid(&sid)?);
                }
            }
        }
        Ok(())
    }

    /// Reads some pages, the newest first; whether there are more.
    fn read_on(&mut self, config: &Config) -> Result<bool> {
        for page in 0..PAGES_PER_PULL {
            if self.cursor.is_full(PAGE_LEN) {
                log::warn(format!(
                    "`{}` calls have not ended; no more are read until some have",
                    self.cursor.waiting.len()
                ));
                return Ok(false);
            }
            let read = match api::page(config, self.cursor.next.as_deref(), PAGE_LEN) {
                Ok(read) => read,
                // What was read so far is kept; the next pull meets the same error and tells it.
                Err(_) if page > 0 => return Ok(true),
                Err(error) => {
                    // A page that is too old to be asked for again: the next round reads it anew.
                    if self.cursor.next.is_some() && error.kind == dunlin_plugin_sdk::Kind::Refused {
                        (self.cursor.next, self.cursor.top) = (None, None);
                        return Ok(true);
                    }
                    return Err(error);
                }
            };
            let mut seconds = Vec::new();
            for value in &read.calls {
                let created = wire::Call::read(value).and_then(|call| call.created());
                seconds.extend(created.map(|created| created.as_second()));
                self.take(config, value)?;
            }
            self.cursor.turn(&seconds, read.next_page_uri);
            if self.cursor.next.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Tells a call of ours if it has ended, and waits for it otherwise.
    fn take(&mut self, config: &Config, value: &Value) -> Result<()> {
        let sid = value.get("sid").and_then(Value::as_str).unwrap_or_default();
        let Some(asked) = memory::by_sid(sid)? else { return Ok(()) };
        if self.told.contains(&asked) {
            return Ok(());
        }
        let read = wire::Call::read(value).and_then(|call| {
            let disposition = map::disposition(&call, config.meaning())?;
            disposition.map(|disposition| map::event(&call, &asked, disposition)).transpose()
        });
        match read {
            Ok(None) => {
                self.cursor.wait_for(sid);
                return Ok(());
            }
            Ok(Some(event)) => self.events.push(event),
            Err(reason) => self.refuse(sid, reason),
        }
        self.cursor.waiting.retain(|waiting| waiting != sid);
        self.told.push(asked);
        Ok(())
    }

    fn refuse(&mut self, sid: &str, reason: String) {
        self.refusals.push(Refusal { document: sid.to_owned(), place: String::new(), reason });
    }
}

fn queue(config: &Config, batch: &Batch, key: &str, call: &Call) -> Result<Outcome> {
    if call.expires_on < batch.today {
        return Ok(Outcome::rejected("expired", format!("not to be called after {}", call.expires_on)));
    }
    let to = match map::number(&call.phone) {
        Ok(to) => to,
        Err(reason) => return Ok(Outcome::rejected("invalid-address", reason)),
    };
    let Some(script) = config.script() else {
        return Err(Error::misconfigured("nothing says what happens when somebody answers")
            .hint("set one of `url`, `twiml` and `application_sid`"));
    };
    if let Some(sid) = memory::by_key(key)?.and_then(|asked| asked.sid) {
        return Ok(Outcome::done(sid));
    }
    let seconds = config.ring_seconds.to_string();
    let mut fields = vec![("To", to.as_str()), ("From", config.from.as_str()), script, ("Timeout", seconds.as_str())];
    if config.machine_detection != "off" {
        fields.push(("MachineDetection", config.machine_detection.as_str()));
    }
    let mut asked =
        Asked { key: key.to_owned(), account: call.account.clone(), to: to.clone(), at: batch.at, sid: None };
    match api::write(config, None, &fields)? {
        Ok(made) => {
            asked.sid = Some(made.sid.clone());
            memory::keep(&asked)?;
            Ok(Outcome::done(made.sid))
        }
        Err(outcome) => {
            if let Outcome::Unknown(_) = outcome {
                memory::keep(&asked)?;
            }
            Ok(outcome)
        }
    }
}

/// A call whose answer was lost is the one to that number at that time which is nobody else's.
fn look_up(config: &Config, key: &str) -> Result<Finding> {
    let Some(mut asked) = memory::by_key(key)? else {
        return Ok(Finding::Unclear("the plugin does not remember it; look at twilio's log of calls".to_owned()));
    };
    let mut candidates = Vec::new();
    if asked.sid.is_none() {
        for value in api::calls_to(config, &asked.to)?.calls {
            let Ok(call) = wire::Call::read(&value) else { continue };
            let Ok(created) = call.created() else { continue };
            let after = created.as_millisecond().saturating_sub(asked.at);
            let is_ours = call.direction.as_deref() == Some("outbound-api")
                && (call.to.as_deref(), call.from.as_deref()) == (Some(asked.to.as_str()), Some(config.from.as_str()));
            if is_ours && (-LOST_BEFORE..=LOST_AFTER).contains(&after) && memory::by_sid(&call.sid)?.is_none() {
                candidates.push(call.sid);
            }
        }
    }
    match (&asked.sid, candidates.as_slice()) {
        (Some(sid), _) => Ok(done(sid)),
        (None, [sid]) => {
            asked.sid = Some(sid.clone());
            memory::keep_found(&asked)?;
            Ok(done(sid))
        }
        (None, []) => Ok(Finding::Unclear(format!("twilio lists no call to `{}` at that time yet", asked.to))),
        (None, several) => Ok(Finding::Unclear(format!("it may be one of `{}`", several.join("`, `")))),
    }
}

fn done(sid: &str) -> Finding {
    Finding::Done(Receipt { reference: sid.to_owned(), notes: Vec::new() })
}

/// Twilio cancels what is queued or rings, and leaves alone what was answered.
fn withdraw(config: &Config, withdrawal: &Withdrawal) -> Result<Outcome> {
    let Some(sid) = memory::by_key(&withdrawal.call)?.and_then(|asked| asked.sid) else {
        return Ok(Outcome::rejected("unknown-call", "it was never made, or it has ended and was told"));
    };
    Ok(match api::write(config, Some(&sid), &[("Status", "canceled")])? {
        Ok(call) if call.status == "canceled" => Outcome::done(sid),
        Ok(call) => Outcome::rejected("too-late", format!("the call is `{}`", call.status)),
        Err(outcome) => outcome,
    })
}

fn ring_seconds() -> u16 {
    30
}

fn machine_detection() -> String {
    "Enable".to_owned()
}

fn answered() -> Disposition {
    Disposition("third_party_no_disclosure".to_owned())
}

fn machine() -> Disposition {
    Disposition("voicemail_none".to_owned())
}

#[cfg(test)]
mod tests;
