//! Bank debits, refunds and chargebacks from GoCardless's events.

mod cursor;
mod map;
mod wire;

use cursor::{Cursor, Stream};
use dunlin_plugin_sdk::gateway::Fact;
use dunlin_plugin_sdk::http::{Answer, Connection, encoded};
use dunlin_plugin_sdk::{Date, Error, Event, Gateway, Page, Progress, Refusal, Result, log};
use map::Tells;
use serde::Deserialize;
use serde_json::Value;

/// The shape of GoCardless's answers; this is the one that `wire` describes.
const API_VERSION: &str = "2015-07-06";
/// Events in one answer. Each may need two more requests, and a call may make 200.
const PAGE_LEN: usize = 40;
/// Events of one payment or refund in one answer: a payment that is tried again and again has a dozen.
const HISTORY_LEN: usize = 200;

pub struct GoCardless;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What happened before this day is not read; none: all events that there are.
    since: Option<Date>,
    /// What the hub calls this account.
    #[serde(default = "account")]
    account: String,
    /// Metadata of a payment that names what it pays.
    #[serde(default = "reference_keys")]
    reference_keys: Vec<String>,
}

dunlin_plugin_sdk::export!(GoCardless: gateway);

/// What events are about, and how the API names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Payments,
    Refunds,
}

impl Kind {
    fn plural(self) -> &'static str {
        match self {
            Kind::Payments => "payments",
            Kind::Refunds => "refunds",
        }
    }

    fn singular(self) -> &'static str {
        match self {
            Kind::Payments => "payment",
            Kind::Refunds => "refund",
        }
    }
}

impl Gateway for GoCardless {
    type Config = Config;

    fn check(_config: &Config) -> Result<()> {
        for kind in [Kind::Payments, Kind::Refunds] {
            list(kind, &Stream::default(), 1)?.ok()?.json::<wire::Page>()?;
        }
        Ok(())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let mut cursor = Cursor::read(cursor)?;
        let since = config.since.and_then(map::midnight);
        let goes_on = cursor.is_within_a_round();
        let mut found = Found { config, events: Vec::new(), refusals: Vec::new() };
        for (kind, stream) in [(Kind::Payments, &mut cursor.payments), (Kind::Refunds, &mut cursor.refunds)] {
            stream.floor = stream.floor.or(since);
            // A round that ended waits for the other one, so that both begin together.
            if !goes_on || stream.after.is_some() {
                found.read(kind, stream)?;
            }
        }
        let Found { events, refusals, .. } = found;
        let more = cursor.is_within_a_round();
        let progress = Progress { cursor: cursor.write()?, more, refusals, totals: Vec::new() };
        Ok(Page { events, progress })
    }
}

/// What one pull gathers.
struct Found<'c> {
    config: &'c Config,
    events: Vec<Event<Fact>>,
    refusals: Vec<Refusal>,
}

impl Found<'_> {
    /// Reads a page, the oldest event first.
    fn read(&mut self, kind: Kind, stream: &mut Stream) -> Result<()> {
        let answer = list(kind, stream, PAGE_LEN)?;
        if stream.after.is_some() && matches!(answer.status, 400 | 404 | 410 | 422) {
            log::warn(format!("the next page of {} is not known any more; the round begins again", kind.plural()));
            stream.begin_again();
            return self.read(kind, stream);
        }
        let page: wire::Page = answer.ok()?.json()?;
        stream.turn(&page)?;
        let mut events: Vec<&Value> = page.events.iter().collect();
        events.sort_by_key(|event| map::created_at(event));
        for event in events {
            match self.taken(kind, event, &page.linked) {
                Ok(told) => self.events.extend(told),
                Err(Stop::Refused(reason)) => self.refusals.push(map::refusal(event, kind.singular(), reason)),
                Err(Stop::Error(error)) => return Err(error),
            }
        }
        Ok(())
    }

    fn taken(
        &self,
        kind: Kind,
        event: &Value,
        linked: &wire::Linked,
    ) -> std::result::Result<Option<Event<Fact>>, Stop> {
        let Some(sight) = map::sight(event, kind)? else { return Ok(None) };
        if sight.tells == Tells::IfItMovesMoney && !map::moves_money(kind, &sight, &history(kind, &sight.about)?)? {
            return Ok(None);
        }
        let told = match kind {
            Kind::Payments => sight.of_payment(self.config, map::linked(&linked.payments, &sight.about)?)?,
            Kind::Refunds => {
                let refund = map::linked(&linked.refunds, &sight.about)?;
                sight.of_refund(self.config, refund, &payment(&map::payment_of(refund)?)?)?
            }
        };
        Ok(Some(told))
    }
}

/// Why an event is not taken: for a reason of its own, or because GoCardless did not answer.
enum Stop {
    Refused(String),
    Error(Error),
}

impl From<String> for Stop {
    fn from(reason: String) -> Stop {
        Stop::Refused(reason)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

/// All events of one payment or refund, the newest first.
fn history(kind: Kind, id: &str) -> std::result::Result<Vec<Value>, Stop> {
    let query = [(kind.singular(), id.to_owned()), ("limit", HISTORY_LEN.to_string())];
    let page: wire::Page = ask("/events", &query)?.ok()?.json()?;
    match page.meta.cursors.after {
        None => Ok(page.events),
        Some(_) => Err(Stop::Refused(format!("`{id}` has more than {HISTORY_LEN} events"))),
    }
}

fn payment(id: &str) -> std::result::Result<Value, Stop> {
    let answer = ask(&format!("/payments/{}", encoded(id)), &[])?;
    if answer.status == 404 {
        return Err(Stop::Refused(format!("GoCardless does not know the payment `{id}` that it gives back")));
    }
    Ok(answer.ok()?.json::<wire::One>()?.payments)
}

fn ask(target: &str, query: &[(&str, String)]) -> Result<Answer> {
    let call = Connection::new("api").get(target).header("gocardless-version", API_VERSION);
    Ok(query.iter().fold(call, |call, (name, value)| call.query(name, value)).send()?)
}

/// The page that follows in the round of this stream.
fn list(kind: Kind, stream: &Stream, limit: usize) -> Result<Answer> {
    let mut query = vec![
        ("resource_type", kind.plural().to_owned()),
        ("include", kind.singular().to_owned()),
        ("limit", limit.to_string()),
    ];
    query.extend(stream.floor.map(|floor| ("created_at[gte]", map::written(floor))));
    query.extend(stream.after.clone().map(|after| ("after", after)));
    ask("/events", &query)
}

fn account() -> String {
    "gocardless".to_owned()
}

fn reference_keys() -> Vec<String> {
    ["invoice", "invoice_number", "order"].map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests;
