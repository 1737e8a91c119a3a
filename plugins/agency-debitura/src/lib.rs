//! Placements with the collection partners of Debitura, and what became of them.

mod map;
mod memory;
mod outgoing;
mod wire;

use dunlin_plugin_sdk::agency::{Effect, Fact};
use dunlin_plugin_sdk::http::{Answer, Call, Connection, encoded};
use dunlin_plugin_sdk::{
    Agency, Batch, Error, Event, Finding, Outcome, Page, Progress, Receipt, Refusal, Request, Result, log,
};
use map::{Stage, Story};
use memory::Placed;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Cases in one answer; each needs another request for its payments.
const PAGE_LEN: u32 = 25;
/// Bytes of an idempotency key.
const KEY_LEN_MAX: usize = 255;
/// Bytes of what Debitura says to a refusal.
const REASON_MAX: usize = 600;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Test cases, which Debitura keeps apart.
    test: bool,
    /// Whose name stands under a message to the partner.
    user_email: Option<String>,
    /// The division that cases belong to, by its id.
    division: Option<String>,
    /// What a debtor is whose kind the hub does not know; none: it is not placed.
    unknown_debtor: Option<DebtorType>,
}

/// As Debitura names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DebtorType {
    Company,
    Private,
}

/// The next page. A round reads all cases, the oldest first, so that new ones come at its end.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    page: u32,
}

pub struct AgencyDebitura;

dunlin_plugin_sdk::export!(AgencyDebitura: agency);

impl Agency for AgencyDebitura {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        if config.user_email.as_ref().is_some_and(|email| !email.contains('@')) {
            return Err(Error::misconfigured("`user_email` is not an e-mail address")
                .hint("name a member of your team at Debitura, or leave it out"));
        }
        api().get("/me").send()?.ok().map(|_| ())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let page = match cursor.unwrap_or_default() {
            "" => 1,
            text => serde_json::from_str::<Cursor>(text).map(|cursor| cursor.page).map_err(|error| {
                Error::broken(format!("the cursor `{text}` cannot be read: {error}"))
                    .hint("it is not one of this plugin; let it start anew")
            })?,
        };
        let call = api().get("/cases").query("Page", page).query("PageSize", PAGE_LEN).query("Sort", "DateCreated:asc");
        let read: wire::Cases = call.send()?.ok()?.json()?;
        let mut found = Found { config, events: Vec::new(), refusals: Vec::new(), others: 0 };
        for case in read.cases.unwrap_or_default() {
            found.case(&case)?;
        }
        if found.others > 0 {
            log::info(format!("`{}` cases were not placed from here and are left out", found.others));
        }
        let more = read.page.current_page < read.page.total_pages;
        let next = Cursor { page: if more { page.saturating_add(1) } else { 1 } };
        let cursor = serde_json::to_string(&next)
            .map_err(|error| Error::broken(format!("the cursor cannot be written: {error}")))?;
        let progress = Progress { cursor, more, refusals: found.refusals, totals: Vec::new() };
        Ok(Page { events: found.events, progress })
    }

    fn perform(config: &Config, _batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let perform = |Request { key, effect }: &Request<Effect>| match effect {
            Effect::Place(placement) => match outgoing::case(config, key, placement) {
                Ok(case) => place(key, &case, Placed::of(key, placement)),
                Err(outcome) => Ok(outcome),
            },
            Effect::Recall(recall) => tell(config, key, &recall.placement, &outgoing::recall(recall)),
            Effect::ReportDirectPayment(paid) => tell(config, key, &paid.placement, &outgoing::direct_payment(paid)),
            Effect::Other(other) => Ok(Outcome::not_supported(format!("debitura does not take `{}`", other.kind))),
        };
        requests.iter().map(perform).collect()
    }

    fn lookup(_config: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        let look = |key: &String| {
            if let Some(case) = memory::told(key)? {
                return Ok(match message(&case, key)? {
                    Some(id) => Finding::Done(Receipt { reference: id, notes: Vec::new() }),
                    None => Finding::Absent,
                });
            }
            Ok(match (case_of(key)?, Placed::load(key)?) {
                (Some(case), _) => Finding::Done(Receipt { reference: name(&case), notes: Vec::new() }),
                (None, Some(_)) => Finding::Absent,
                (None, None) => Finding::Unclear("neither a case nor a message of this key is known".to_owned()),
            })
        };
        keys.iter().map(look).collect()
    }
}

/// What one pull gathers.
struct Found<'c> {
    config: &'c Config,
    events: Vec<Event<Fact>>,
    refusals: Vec<Refusal>,
    others: usize,
}

impl Found<'_> {
    fn case(&mut self, value: &Value) -> Result<()> {
        let reference = value.get("creditorReference").and_then(Value::as_str).unwrap_or_default();
        let placed = if reference.is_empty() { None } else { Placed::load(reference)? };
        let Some(mut placed) = placed else {
            self.others += 1;
            return Ok(());
        };
        let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
        let read = serde_json::from_value::<wire::Case>(value.clone())
            .map_err(|why| format!("the case cannot be read: {why}"))
            .and_then(|case| Ok((map::stage(&case)?, case)));
        let (stage, case) = match read {
            Ok((_, case)) if case.is_test_case != self.config.test => {
                let reason = format!("`isTestCase` is {}, and `test` is {}", case.is_test_case, self.config.test);
                self.refusals.push(map::refusal(id, reference, reason));
                return Ok(());
            }
            Ok(read) => read,
            Err(reason) => {
                self.refusals.push(map::refusal(id, reference, reason));
                return Ok(());
            }
        };
        let payments = match stage {
            Stage::Before => None,
            Stage::Working | Stage::Closed => {
                let payments = api().get(format!("/cases/{}/payments", encoded(&case.id))).send()?;
                Some(payments.ok()?.json::<Vec<Value>>()?)
            }
        };
        let before = placed.clone();
        let mut story = Story { case: &case, placed: &mut placed, events: Vec::new(), refusals: Vec::new() };
        if let Err(reason) = story.tell(stage, payments.as_deref()) {
            story.refusals.push(map::refusal(&case.id, reference, reason));
        }
        let Story { events, refusals, .. } = story;
        self.events.extend(events);
        self.refusals.extend(refusals);
        if placed != before { placed.store() } else { Ok(()) }
    }
}

fn api() -> Connection {
    Connection::new("api")
}

/// Creates a case. The same key again gives the same case.
fn place(key: &str, case: &wire::NewCase, placed: Placed) -> Result<Outcome> {
    if key.len() > KEY_LEN_MAX || placed.is_too_large() {
        return Ok(outgoing::refused(
            "too-large",
            "the key or the invoices of the placement are too long to be remembered",
        ));
    }
    // What the agency reported on an earlier run of the same effect stays.
    Placed::load(key)?.unwrap_or(placed).store()?;
    match sent(api().post("/cases").header("Idempotency-Key", key).json(case))? {
        Sent::Good(answer) => Ok(match answer.json::<Value>() {
            Ok(case) => Outcome::done(name(&case)),
            Err(why) => Outcome::Unknown(why.message),
        }),
        // A case of this reference is the one that was asked for.
        Sent::Refused(outcome) => Ok(match case_of(key)? {
            Some(case) => Outcome::done(name(&case)),
            None => outcome,
        }),
        Sent::Unknown(text) => Ok(Outcome::Unknown(text)),
    }
}

/// Writes into the chat of a case, once.
fn tell(config: &Config, key: &str, placement: &str, text: &str) -> Result<Outcome> {
    let Some(user_email) = config.user_email.as_deref() else {
        return Ok(Outcome::not_supported("without `user_email` nobody can write to the partner"));
    };
    let Some(case) = case_of(placement)? else {
        return Ok(outgoing::refused("unknown-placement", format!("debitura has no case `{placement}`")));
    };
    let id = case.get("id").and_then(Value::as_str).unwrap_or_default();
    memory::tell(key, id)?;
    if let Some(message) = message(id, key)? {
        return Ok(Outcome::done(message));
    }
    let chat = wire::NewChat { message: format!("{text}\n\n{}", mark(key)), user_email };
    Ok(match sent(api().post(format!("/cases/{}/chats", encoded(id))).json(&chat))? {
        Sent::Good(answer) => match answer.json::<wire::Chat>() {
            Ok(chat) => Outcome::done(chat.id),
            Err(why) => Outcome::Unknown(why.message),
        },
        Sent::Refused(outcome) => outcome,
        Sent::Unknown(text) => Outcome::Unknown(text),
    })
}

/// The last line of a message, by which it is found again.
fn mark(key: &str) -> String {
    format!("dunlin {key}")
}

fn message(case: &str, key: &str) -> Result<Option<String>> {
    let chats: Vec<wire::Chat> = api().get(format!("/cases/{}/chats", encoded(case))).send()?.ok()?.json()?;
    let is_ours = |chat: &wire::Chat| chat.message.as_deref().and_then(|text| text.lines().last()) == Some(&mark(key));
    Ok(chats.into_iter().find(is_ours).map(|chat| chat.id))
}

fn case_of(placement: &str) -> Result<Option<Value>> {
    let answer = api().get(format!("/cases/by-creditor-reference/{}", encoded(placement))).send()?;
    match answer.status {
        404 => Ok(None),
        _ => answer.ok()?.json().map(Some),
    }
}

/// Debitura's own name of a case, which people know, or else its id.
fn name(case: &Value) -> String {
    let text = |field: &str| case.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    text("reference").or_else(|| text("id")).unwrap_or_default().to_owned()
}

/// What became of a request that writes.
enum Sent {
    Good(Answer),
    Refused(Outcome),
    Unknown(String),
}

/// The error is for the whole batch: nothing happened, and it is asked for again.
fn sent(call: Call) -> Result<Sent> {
    let answer = match call.send() {
        Ok(answer) => answer,
        Err(failure) if failure.sent => return Ok(Sent::Unknown(failure.error.message)),
        Err(failure) => return Err(failure.error),
    };
    match answer.status {
        500..=599 => Ok(Sent::Unknown(format!("debitura answered {}", answer.status))),
        400 | 404..=407 | 409..=424 => Ok(Sent::Refused(refused(answer.status, &answer))),
        _ => answer.ok().map(Sent::Good),
    }
}

fn refused(status: u16, answer: &Answer) -> Outcome {
    let said: wire::Refusal = answer.json().unwrap_or_default();
    let first = said.business_errors.unwrap_or_default().into_iter().next();
    let (code, reason) = match first {
        Some(error) => {
            let url = error.solution_url.map(|url| format!(" (see {url})")).unwrap_or_default();
            (error.kind, format!("{}{url}", error.message.unwrap_or_default()))
        }
        None => (None, said.message.or(said.error).unwrap_or_else(|| answer.text())),
    };
    let reason: String = reason.chars().take(REASON_MAX).collect();
    outgoing::refused(&code.unwrap_or_else(|| format!("http-{status}")), reason)
}

#[cfg(test)]
mod tests;
