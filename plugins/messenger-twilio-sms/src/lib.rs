//! Short messages over Twilio; what became of them, replies and requests to stop.

mod api;
mod cursor;
mod map;
mod memory;
mod segments;
mod wire;

use dunlin_plugin_sdk::messenger::{Effect, Fact, Message, Withdrawal};
use dunlin_plugin_sdk::{
    Batch, Error, Event, Finding, Kind, Messenger, Note, Outcome, Page, Progress, Receipt, Refusal, Request, Result,
    log,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use api::{PAGE_LEN, Written};
use cursor::Cursor;
use map::State;
use memory::Asked;

const PAGES_PER_PULL: usize = 3;
/// Messages on their way, asked for one by one in a pull.
const WAITING_PER_PULL: usize = 30;
/// A message that the network has is waited for so long after the floor went over it, in seconds: many networks tell no more.
const PATIENCE_SECONDS: i64 = 3 * 86_400;
/// A lost message was sent from a little before the hub asked for it (clocks differ) until somewhat later, in milliseconds.
const LOST_BEFORE: i64 = 60_000;
const LOST_AFTER: i64 = 300_000;
/// What Twilio takes as one message.
const TEXT_CHARS_MAX: usize = 1_600;
/// A sender of letters instead of a number.
const SENDER_CHARS_MAX: usize = 11;
/// Minutes ahead that Twilio schedules a message.
const DELAY_MINUTES: std::ops::RangeInclusive<u16> = 15..=10_080;

pub struct TwilioSms;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `AC…`: whose messages these are.
    account_sid: String,
    /// The sender: a number in the form `+46701234567`, or a name. This or `messaging_service_sid`.
    from: Option<String>,
    /// `MG…`: the service that chooses the sender.
    messaging_service_sid: Option<String>,
    /// Minutes that a message lies at Twilio before it is sent, in which it can be withdrawn; needs a service.
    delay_minutes: Option<u16>,
    /// Longer messages are rejected: each part costs.
    #[serde(default = "segments_max")]
    segments_max: u32,
    #[serde(default = "map::usual_stop_words")]
    stop_words: Vec<String>,
}

impl Config {
    fn sender(&self) -> Option<(&'static str, &str)> {
        match (&self.from, &self.messaging_service_sid) {
            (Some(from), None) => Some(("From", from)),
            (None, Some(service)) => Some(("MessagingServiceSid", service)),
            _ => None,
        }
    }

    /// Whether an incoming message came to our sender; the account may have others.
    fn is_for_us(&self, message: &wire::Message) -> bool {
        match self.sender() {
            Some(("From", from)) => message.to.as_deref() == Some(from),
            Some((_, service)) => message.messaging_service_sid.as_deref() == Some(service),
            None => false,
        }
    }
}

impl Messenger for TwilioSms {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        let wrong = |text: &str, hint: &str| Err(Error::misconfigured(text).hint(hint));
        let plain = |sid: &str, start: &str| {
            sid.len() == 34 && sid.starts_with(start) && sid.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if !plain(&config.account_sid, "AC") {
            return wrong("`account_sid` is none of twilio's", "it begins with `AC` and has 34 signs");
        }
        let is_name = |from: &str| {
            from.chars().count() <= SENDER_CHARS_MAX
                && from.chars().any(|sign| sign.is_ascii_alphabetic())
                && from.chars().all(|sign| sign.is_ascii_alphanumeric() || " +-_&".contains(sign))
        };
        match config.sender() {
            Some(("From", from)) if is_name(from) || map::number(from).as_deref() == Ok(from) => {}
            Some(("MessagingServiceSid", service)) if plain(service, "MG") => {}
            Some(_) => {
                return wrong("the sender is none of twilio's", "`+46701234567`, a name of up to 11 signs, or `MG…`");
            }
            None => return wrong("no sender, or two", "set one of `from` and `messaging_service_sid`"),
        }
        if config.delay_minutes.is_some_and(|minutes| !DELAY_MINUTES.contains(&minutes) || config.from.is_some()) {
            return wrong("`delay_minutes` cannot be", "15 to 10080, and only with `messaging_service_sid`");
        }
        api::page(config, None, 1).map(drop)
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let cursor = Cursor::read(cursor)?;
        let mut found = Found { cursor, events: Vec::new(), refusals: Vec::new(), told: Vec::new() };
        found.tell_refused()?;
        found.look_again(config)?;
        let more = found.read_on(config)?;
        let progress = Progress { cursor: found.cursor.write()?, more, refusals: found.refusals, totals: Vec::new() };
        found.told.iter().try_for_each(memory::forget)?;
        Ok(Page { events: found.events, progress })
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let perform = |request: &Request<Effect>| match &request.effect {
            Effect::Send(message) => send(config, batch, &request.key, message),
            Effect::Withdraw(withdrawal) => withdraw(config, withdrawal),
            Effect::Other(other) => Ok(Outcome::not_supported(format!("a short message cannot `{}`", other.kind))),
        };
        requests.iter().map(perform).collect()
    }

    fn lookup(config: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        keys.iter().map(|key| look_up(config, key)).collect()
    }
}

dunlin_plugin_sdk::export!(TwilioSms: messenger);

/// What one pull gathers.
struct Found {
    cursor: Cursor,
    events: Vec<Event<Fact>>,
    refusals: Vec<Refusal>,
    /// Messages that are told with this page, and need not be remembered any more.
    told: Vec<Asked>,
}

impl Found {
    fn tell_refused(&mut self) -> Result<()> {
        for refused in memory::refused()? {
            if refused.number > self.cursor.refused {
                self.events.push(map::refused(&refused));
                self.cursor.refused = refused.number;
            }
        }
        Ok(())
    }

    /// Asks for messages that were on their way when they were read.
    fn look_again(&mut self, config: &Config) -> Result<()> {
        for sid in memory::found()? {
            if memory::by_sid(&sid)?.is_some() {
                self.cursor.wait_for(&sid);
            }
        }
        for sid in self.cursor.next_waiting(WAITING_PER_PULL) {
            match api::message(config, &sid)? {
                Some(answer) => self.take(config, &answer.json()?)?,
                None => {
                    self.refuse(&sid, "it was on its way, and twilio does not know it any more".to_owned());
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
                let many = self.cursor.waiting.len();
                log::warn(format!("`{many}` messages are on their way; no more are read until some have arrived"));
                return Ok(false);
            }
            let read = match api::page(config, self.cursor.next.as_deref(), PAGE_LEN) {
                Ok(read) => read,
                // What was read so far is kept; the next pull meets the same error and tells it.
                Err(_) if page > 0 => return Ok(true),
                // A page that is too old to be asked for again: the next round reads it anew.
                Err(error) if self.cursor.next.is_some() && error.kind == Kind::Refused => {
                    (self.cursor.next, self.cursor.top) = (None, None);
                    return Ok(true);
                }
                Err(error) => return Err(error),
            };
            let mut seconds = Vec::new();
            for value in &read.messages {
                let created = wire::Message::read(value).and_then(|message| message.created());
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

    fn take(&mut self, config: &Config, value: &Value) -> Result<()> {
        let sid = value.get("sid").and_then(Value::as_str).unwrap_or_default();
        if value.get("direction").and_then(Value::as_str) == Some("inbound") {
            return self.take_reply(config, sid, value);
        }
        let Some(asked) = memory::by_sid(sid)? else { return Ok(()) };
        if self.told.contains(&asked) {
            return Ok(());
        }
        let read = wire::Message::read(value).and_then(|message| Ok((map::state(&message)?, message)));
        let told = match read {
            Ok((State::Sent, message)) if self.is_old(&message) => Ok(Vec::new()),
            Ok((State::OnItsWay | State::Sent, _)) => {
                self.cursor.wait_for(sid);
                return Ok(());
            }
            Ok((State::Silent, _)) => Ok(Vec::new()),
            Ok((State::Told(fact), message)) => map::ended(&message, &asked, fact),
            Err(reason) => Err(reason),
        };
        match told {
            Ok(mut events) => self.events.append(&mut events),
            Err(reason) => self.refuse(sid, reason),
        }
        self.cursor.waiting.retain(|waiting| waiting != sid);
        self.told.push(asked);
        Ok(())
    }

    /// Somebody to whom nothing was sent says nothing that the hub could place.
    fn take_reply(&mut self, config: &Config, sid: &str, value: &Value) -> Result<()> {
        let message = match wire::Message::read(value) {
            Ok(message) if config.is_for_us(&message) => message,
            Ok(_) => return Ok(()),
            Err(reason) => {
                self.refuse(sid, reason);
                return Ok(());
            }
        };
        let behind = memory::behind(message.from.as_deref().unwrap_or_default())?;
        match map::reply(&message, &behind, &config.stop_words) {
            Ok(mut events) => self.events.append(&mut events),
            Err(reason) => self.refuse(sid, reason),
        }
        Ok(())
    }

    fn is_old(&self, message: &wire::Message) -> bool {
        let created = message.created().map(|created| created.as_second());
        let limit = self.cursor.floor.map(|floor| floor.saturating_sub(PATIENCE_SECONDS));
        limit.is_some_and(|limit| created.is_ok_and(|created| created < limit))
    }

    fn refuse(&mut self, sid: &str, reason: String) {
        self.refusals.push(Refusal { document: sid.to_owned(), place: String::new(), reason });
    }
}

fn send(config: &Config, batch: &Batch, key: &str, message: &Message) -> Result<Outcome> {
    if message.channel != "sms" {
        return Ok(Outcome::not_supported(format!("twilio takes `sms` here, not `{}`", message.channel)));
    }
    let to = match map::number(&message.address) {
        Ok(to) => to,
        Err(reason) => return Ok(Outcome::rejected("invalid-address", reason)),
    };
    let (text, parts) = (message.text.trim(), segments::count(message.text.trim()));
    if text.is_empty() || text.chars().count() > TEXT_CHARS_MAX || parts > config.segments_max {
        let most = config.segments_max;
        return Ok(Outcome::rejected(
            "too-long",
            format!("the text takes `{parts}` parts, and may take 1 to `{most}`"),
        ));
    }
    if let Some(sid) = memory::by_key(key)?.and_then(|asked| asked.sid) {
        return Ok(Outcome::Done(receipt(&sid, parts)));
    }
    let Some(sender) = config.sender() else {
        return Err(Error::misconfigured("no sender, or two").hint("set one of `from` and `messaging_service_sid`"));
    };
    let mut fields = vec![("To", to.as_str()), sender, ("Body", text)];
    let at = config.delay_minutes.map(|minutes| send_at(batch.at, minutes)).transpose()?;
    if let Some(at) = &at {
        fields.extend([("ScheduleType", "fixed"), ("SendAt", at.as_str())]);
    }
    let (account, text_hash) = (message.account.clone(), memory::hash(text));
    let mut asked = Asked { key: key.to_owned(), account, to: to.clone(), text_hash, at: batch.at, sid: None };
    match api::write(config, None, &fields)? {
        Written::Done(sent) => {
            asked.sid = Some(sent.sid.clone());
            memory::keep(&asked)?;
            let counted = sent.num_segments.and_then(|parts| parts.parse().ok()).filter(|parts| *parts > 0);
            Ok(Outcome::Done(receipt(&sent.sid, counted.unwrap_or(parts))))
        }
        Written::Problem(problem) => {
            let rejection = map::problem(&problem)?;
            if problem.code == Some(map::OPTED_OUT) {
                memory::keep_refused(&asked.account, key, batch.today, &rejection.reason)?;
            }
            Ok(Outcome::Rejected(rejection))
        }
        Written::Not(outcome) => {
            if let Outcome::Unknown(_) = outcome {
                memory::keep(&asked)?;
            }
            Ok(outcome)
        }
    }
}

/// ISO 8601, as Twilio takes it.
fn send_at(now: dunlin_plugin_sdk::Instant, minutes: u16) -> Result<String> {
    let at = Timestamp::from_second(now.div_euclid(1_000).saturating_add(i64::from(minutes) * 60));
    at.map(|at| at.to_string()).map_err(|error| Error::broken(format!("no time to send at: {error}")))
}

/// A message whose answer was lost is the one with that text to that number at that time which is nobody else's.
fn look_up(config: &Config, key: &str) -> Result<Finding> {
    let Some(mut asked) = memory::by_key(key)? else {
        return Ok(Finding::Unclear("the plugin does not remember it; look at twilio's log of messages".to_owned()));
    };
    let mut candidates = Vec::new();
    if asked.sid.is_none() {
        for value in api::messages_to(config, &asked.to)?.messages {
            let Ok(message) = wire::Message::read(&value) else { continue };
            let Ok(created) = message.created() else { continue };
            let after = created.as_millisecond().saturating_sub(asked.at);
            let is_it = message.direction == "outbound-api"
                && message.to.as_deref() == Some(asked.to.as_str())
                && memory::hash(message.body.as_deref().unwrap_or_default().trim()) == asked.text_hash
                && (-LOST_BEFORE..=LOST_AFTER).contains(&after);
            if is_it && memory::by_sid(&message.sid)?.is_none() {
                candidates.push(message.sid);
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
        (None, []) => Ok(Finding::Unclear(format!("twilio lists no such message to `{}` yet", asked.to))),
        (None, several) => Ok(Finding::Unclear(format!("it may be one of `{}`", several.join("`, `")))),
    }
}

fn done(sid: &str) -> Finding {
    Finding::Done(Receipt { reference: sid.to_owned(), notes: Vec::new() })
}

fn receipt(sid: &str, parts: u32) -> Receipt {
    Receipt { reference: sid.to_owned(), notes: vec![Note::new("segments", parts.to_string())] }
}

/// Only what is scheduled can be taken back.
fn withdraw(config: &Config, withdrawal: &Withdrawal) -> Result<Outcome> {
    let Some(sid) = memory::by_key(&withdrawal.message)?.and_then(|asked| asked.sid) else {
        return Ok(Outcome::rejected("too-late", "it was never sent, or what became of it was told"));
    };
    Ok(match api::write(config, Some(&sid), &[("Status", "canceled")])? {
        Written::Done(message) if message.status == "canceled" => Outcome::done(sid),
        Written::Done(message) => Outcome::rejected("too-late", format!("the message is `{}`", message.status)),
        Written::Problem(problem) => Outcome::rejected("too-late", format!("twilio says `{}`", problem.message)),
        Written::Not(outcome) => outcome,
    })
}

fn segments_max() -> u32 {
    4
}

#[cfg(test)]
mod tests;
