//! Calls as leads of a VICIdial list; what became of them from its call log.

mod api;
mod cursor;
mod lead;
mod map;
mod wire;

use std::collections::BTreeMap;

use dunlin_plugin_sdk::dialer::{Call, Effect, Fact, Withdrawal};
use dunlin_plugin_sdk::{
    Batch, Date, Dialer, Error, Event, Finding, Note, Outcome, Page, Progress, Receipt, Refusal, Request, Result, log,
};
use serde::Deserialize;

use api::{ADDRESS, Api, Written};
use cursor::Cursor;
use lead::Identity;
use map::Disposition;
use wire::Clock;

/// Requests after which a pull reads no further status; one of them takes at most `1 + LEADS_SHOWN * 2 / PHONES`.
const ASKED_PER_PULL: usize = 80;
/// Numbers whose calls are asked for at once.
const PHONES: usize = 25;
/// The most leads of a status and day that VICIdial shows, outbound and inbound each.
const LEADS_SHOWN: usize = 1_000;

pub struct Vicidial;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The user of the API.
    user: String,
    /// The list that leads are added to.
    list_id: u64,
    /// The campaign whose do-not-call list is asked as well.
    campaign_id: Option<String>,
    /// Into the hopper at once, where local time allows it.
    #[serde(default)]
    hopper: bool,
    /// VICIdial's own check by telephone number, such as `DUPLIST`.
    duplicate_check: Option<String>,
    /// Code of the country of numbers that do not say theirs.
    phone_code: Option<String>,
    /// The status of a lead that was withdrawn.
    #[serde(default = "withdrawn")]
    withdrawn_status: String,
    /// Calls before this day are not read. None: from the day of the first pull.
    since: Option<Date>,
    /// Minutes from the beginning of a round of reading to that of the next.
    #[serde(default = "every_minutes")]
    every_minutes: u16,
    /// The statuses of this VICIdial, each with the contract's code that it means, or `ignore`.
    #[serde(default)]
    dispositions: BTreeMap<String, Disposition>,
}

impl Dialer for Vicidial {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        for (key, text) in [("withdrawn_status", &config.withdrawn_status)]
            .into_iter()
            .chain(config.dispositions.keys().map(|status| ("dispositions", status)))
        {
            if text.is_empty()
                || text.len() > 6
                || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return Err(Error::misconfigured(format!("`{key}`: `{text}` is no status of vicidial"))
                    .hint("a status has one to six letters and digits"));
            }
        }
        let api = Api::new(config);
        let clock = api.clock()?;
        // Both rights of reading, and that of writing, are asked for without touching a lead.
        leads_with(&api, clock.local.date(), "NEW")?;
        api.read("phone_number_log", &[("phone_number", "000000")], "NO RECORDS FOUND")?;
        find(&api, config, Where::List, "").map(drop)
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let (api, statuses) = (Api::new(config), map::statuses(&config.dispositions));
        let mut next = Cursor::read(cursor)?;
        let clock = api.clock()?;
        if next.day.is_none() {
            let due = next.began.map(|began| began.saturating_add(i64::from(config.every_minutes) * 60));
            if due.is_some_and(|due| clock.epoch < due) {
                return Ok(Page::nothing_new(cursor));
            }
            next.begin(clock.epoch, clock.local.date(), config.since);
        }
        let mut found = Found { clock, events: Vec::new(), refusals: Vec::new() };
        while let Some((day, status)) = next.next(statuses.keys()) {
            match found.read(&api, day, status, &statuses[status]) {
                Ok(()) => next.has_read(status),
                // What was read so far is kept; the next pull meets the same error and tells it.
                Err(_) if !found.events.is_empty() => break,
                Err(error) => return Err(error),
            }
            if api.asked.get() >= ASKED_PER_PULL {
                break;
            }
        }
        let more = next.next(statuses.keys()).is_some();
        let progress = Progress { cursor: next.write()?, more, refusals: found.refusals, totals: Vec::new() };
        Ok(Page { events: found.events, progress })
    }

    fn perform(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<Vec<Outcome>> {
        let api = Api::new(config);
        let perform = |request: &Request<Effect>| match &request.effect {
            Effect::QueueCall(call) => queue(&api, config, batch, &request.key, call),
            Effect::WithdrawCall(withdrawal) => withdraw(&api, config, withdrawal),
            Effect::Other(other) => Ok(Outcome::not_supported(format!("a lead cannot carry `{}`", other.kind))),
        };
        requests.iter().map(perform).collect()
    }

    fn lookup(config: &Config, keys: &[String]) -> Result<Vec<Finding>> {
        let api = Api::new(config);
        let finding = |key: &String| {
            Ok(match find(&api, config, Where::List, key)? {
                Some(lead) => Finding::Done(Receipt { reference: reference(&lead), notes: Vec::new() }),
                None => Finding::Absent,
            })
        };
        keys.iter().map(finding).collect()
    }
}

dunlin_plugin_sdk::export!(Vicidial: dialer);

/// What one pull gathers.
struct Found {
    clock: Clock,
    events: Vec<Event<Fact>>,
    refusals: Vec<Refusal>,
}

impl Found {
    /// The calls of a day that have this status: first whose they are, then the calls themselves.
    fn read(&mut self, api: &Api<'_>, day: Date, status: &str, disposition: &str) -> Result<()> {
        let document = format!("calls with the status {status} on {day}");
        let (mut events, mut refusals) = (Vec::new(), Vec::new());
        let mut refuse = |place: String, reason: String| {
            refusals.push(Refusal { document: document.clone(), place, reason });
        };
        let mut ours: BTreeMap<String, Identity> = BTreeMap::new();
        let mut phones: Vec<String> = Vec::new();
        for lead in leads_with(api, day, status)? {
            match lead::identity(&lead) {
                None => continue,
                Some(Err(reason)) => refuse(format!("lead {}", lead["lead_id"]), reason),
                Some(Ok(identity)) => {
                    phones.extend(lead.get("phone_number").filter(|phone| !phone.is_empty()).cloned());
                    ours.insert(identity.token.clone(), identity);
                }
            }
        }
        phones.sort();
        phones.dedup();
        for some in phones.chunks(PHONES) {
            let numbers = some.join(",");
            let fields = [("phone_number", numbers.as_str()), ("type", "OUT"), ("detail", "ALL")];
            let text = api.read("phone_number_log", &fields, "NO RECORDS FOUND")?;
            for (number, row) in wire::calls(&text) {
                let call = match row {
                    Ok(call) => call,
                    Err(reason) => {
                        refuse(format!("row {number} of the log of {}", some[0]), reason);
                        continue;
                    }
                };
                let Some(identity) = ours.get(&call.source_id) else { continue };
                if call.status == status && call.at.date() == day {
                    match map::event(&call, identity, disposition, self.clock) {
                        Ok(event) => events.push(event),
                        Err(reason) => refuse(format!("row {number} of the log of {}", some[0]), reason),
                    }
                }
            }
        }
        events.sort_by(|one, other| one.source.key.cmp(&other.source.key));
        events.dedup_by(|one, other| one.source.key == other.source.key);
        self.events.append(&mut events);
        self.refusals.append(&mut refusals);
        Ok(())
    }
}

/// Leads that were called on this day with this outcome, in any list.
fn leads_with(api: &Api<'_>, day: Date, status: &str) -> Result<Vec<wire::Lead>> {
    let day = day.to_string();
    let text = api.read("lead_status_search", &[("status", status), ("date", &day)], "NO RESULTS FOUND")?;
    let leads = wire::leads(&text);
    if leads.is_empty() && !text.is_empty() {
        return Err(Error::broken("the answer to `lead_status_search` is none of vicidial's").hint(ADDRESS));
    }
    if leads.len() >= LEADS_SHOWN {
        log::warn(format!(
            "vicidial shows the last {LEADS_SHOWN} leads with the status `{status}` of {day}; others are not read"
        ));
    }
    Ok(leads)
}

/// Where a lead is looked for. The database finds those of a list at once, and has no index for the token.
#[derive(Clone, Copy)]
enum Where {
    List,
    System,
}

/// The lead that carries the token of a call.
fn find(api: &Api<'_>, config: &Config, place: Where, key: &str) -> Result<Option<String>> {
    let (list, token) = (config.list_id.to_string(), lead::token(key));
    let fields = [
        ("search_method", "VENDOR_LEAD_CODE"),
        ("search_location", if let Where::List = place { "LIST" } else { "SYSTEM" }),
        ("list_id", list.as_str()),
        ("vendor_lead_code", token.as_str()),
        ("no_update", "Y"),
    ];
    let text = api.read("update_lead", &fields, "NO MATCHES FOUND")?;
    if text.is_empty() {
        return Ok(None);
    }
    let lines = wire::lines(&text);
    let found = lines.iter().find(|line| line.reason.ends_with("LEADS FOUND IN THE SYSTEM"));
    let lead = found.and_then(|line| line.cells.get(2)).filter(|lead| !lead.is_empty());
    lead.cloned()
        .map(Some)
        .ok_or_else(|| Error::broken("the answer to `update_lead` is none of vicidial's").hint(ADDRESS))
}

fn queue(api: &Api<'_>, config: &Config, batch: &Batch, key: &str, call: &Call) -> Result<Outcome> {
    let fields = match lead::fields(config, key, call, batch.today) {
        Ok(fields) => fields,
        Err(rejected) => return Ok(rejected),
    };
    if let Some(lead) = find(api, config, Where::List, key)? {
        return Ok(Outcome::done(reference(&lead)));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let lines = match api.write("add_lead", &fields)? {
        Written::Done(lines) => lines,
        Written::Not(outcome) => return Ok(outcome),
    };
    let added = lines.iter().find(|line| line.reason == "add_lead LEAD HAS BEEN ADDED");
    let Some(lead) = added.and_then(|line| line.cells.get(2)).filter(|lead| !lead.is_empty()) else {
        return Ok(Outcome::Unknown("vicidial does not say which lead it added".to_owned()));
    };
    let hopper =
        lines.iter().filter_map(|line| line.reason.strip_prefix("add_lead ").filter(|told| told.contains("HOPPER")));
    let notes = hopper.map(|told| Note::new("hopper", told.to_lowercase())).collect();
    Ok(Outcome::Done(Receipt { reference: reference(lead), notes }))
}

/// Off the list, out of the hopper, and no call back.
fn withdraw(api: &Api<'_>, config: &Config, withdrawal: &Withdrawal) -> Result<Outcome> {
    // Somebody may have moved it to another list.
    let lead = match find(api, config, Where::List, &withdrawal.call)? {
        Some(lead) => Some(lead),
        None => find(api, config, Where::System, &withdrawal.call)?,
    };
    let Some(lead) = lead else {
        return Ok(Outcome::rejected("unknown-call", "no lead of vicidial carries this call"));
    };
    let fields = [
        ("search_method", "LEAD_ID"),
        ("lead_id", lead.as_str()),
        ("status", config.withdrawn_status.as_str()),
        ("remove_from_hopper", "Y"),
        ("callback", "REMOVE"),
    ];
    let lines = match api.write("update_lead", &fields)? {
        Written::Done(lines) => lines,
        Written::Not(outcome) => return Ok(outcome),
    };
    let told = |reason: &str| lines.iter().find(|line| line.reason == reason);
    if let Some(line) = told("update_lead NOT REMOVED FROM HOPPER") {
        let state = line.cells.get(2).map(String::as_str).unwrap_or_default();
        return Ok(Outcome::rejected("too-late", format!("the lead is `{state}` in the hopper: it is being called")));
    }
    Ok(match told("update_lead LEAD HAS BEEN UPDATED") {
        Some(_) => Outcome::done(reference(&lead)),
        None => Outcome::Unknown("vicidial does not say that the lead was updated".to_owned()),
    })
}

fn reference(lead: &str) -> String {
    format!("lead {lead}")
}

fn withdrawn() -> String {
    "WDRAWN".to_owned()
}

fn every_minutes() -> u16 {
    10
}

#[cfg(test)]
mod tests;
