//! From events to facts: what came, what is on its way, what went back.

use crate::wire::{self, Amount};
use crate::{Config, Kind};
use dunlin_plugin_sdk::gateway::{Fact, Payment};
use dunlin_plugin_sdk::{Date, Event, Money, Note, Refusal, Source};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

/// The currencies that GoCardless collects; each has two decimals.
const CURRENCIES: [&str; 8] = ["AUD", "CAD", "DKK", "EUR", "GBP", "NZD", "SEK", "USD"];
/// Bytes of a free text; more is cut.
const TEXT_MAX: usize = 8_000;

pub type Read<T> = std::result::Result<T, String>;

/// What becomes of the money with an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Announced,
    In,
    Out,
}

/// Whether an action says by itself that money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    Always,
    /// A payment fails on its way, where nothing moved, or after it was confirmed; what settles it in a payout is no second loss.
    IfItMovesMoney,
}

/// An event that may tell something.
#[derive(Debug)]
pub struct Sight {
    event: wire::Event,
    at: Timestamp,
    /// The payment or refund.
    pub about: String,
    moved: Move,
    pub tells: Tells,
}

/// The error is an action that is not known.
fn action(kind: Kind, action: &str) -> Read<Option<(Move, Tells)>> {
    Ok(match (kind, action) {
        (Kind::Payments, "submitted") => Some((Move::Announced, Tells::Always)),
        (Kind::Payments, "confirmed" | "chargeback_cancelled") => Some((Move::In, Tells::Always)),
        (Kind::Payments, "failed" | "charged_back" | "late_failure_settled" | "chargeback_settled") => {
            Some((Move::Out, Tells::IfItMovesMoney))
        }
        // Not sent yet, or never will be; paid out is what was confirmed before.
        (
            Kind::Payments,
            "created"
            | "customer_approval_granted"
            | "customer_approval_denied"
            | "cancelled"
            | "paid_out"
            | "resubmission_requested"
            | "surcharge_fee_debited"
            | "surcharge_fee_credited",
        ) => None,
        (Kind::Refunds, "paid") => Some((Move::Out, Tells::Always)),
        (Kind::Refunds, "failed" | "bounced" | "funds_returned") => Some((Move::In, Tells::IfItMovesMoney)),
        (Kind::Refunds, "created" | "refund_settled" | "cancelled") => None,
        (kind, action) => return Err(format!("`{action}` of a {} is not known", kind.singular())),
    })
}

/// What an event is, without what it is about.
pub fn sight(event: &Value, kind: Kind) -> Read<Option<Sight>> {
    let event: wire::Event = parsed(event, "event")?;
    let Some((moved, tells)) = action(kind, &event.action)? else { return Ok(None) };
    let about = match kind {
        Kind::Payments => event.links.payment.clone(),
        Kind::Refunds => event.links.refund.clone(),
    };
    let about = about.filter(|id| !id.is_empty()).ok_or_else(|| format!("it names no {}", kind.singular()))?;
    let at = event.created_at.parse().map_err(|_| format!("`{}` is not an instant", event.created_at))?;
    Ok(Some(Sight { event, at, about, moved, tells }))
}

/// Whether the event changes where the money is, by the events of its payment or refund before it.
pub fn moves_money(kind: Kind, sight: &Sight, history: &[Value]) -> Read<bool> {
    let mut before: Vec<(Timestamp, Move)> = Vec::new();
    for value in history {
        let is_ours = text_of(value, "resource_type") == kind.plural();
        if !is_ours || text_of(value, "id") == sight.event.id || action(kind, text_of(value, "action")).is_err() {
            continue;
        }
        if let Some(other) = self::sight(value, kind)?
            && other.at <= sight.at
            && other.moved != Move::Announced
        {
            before.push((other.at, other.moved));
        }
    }
    // The sort is stable and the list has the newest first, so of two in one instant the later one stays last.
    before.reverse();
    before.sort_by_key(|(at, _)| *at);
    let start = match kind {
        Kind::Payments => Move::Out,
        Kind::Refunds => Move::In,
    };
    Ok(before.last().map_or(start, |(_, moved)| *moved) != sight.moved)
}

impl Sight {
    pub fn of_payment(&self, config: &Config, payment: &Value) -> Read<Event<Fact>> {
        let payment: wire::Payment = parsed(payment, "payment")?;
        let mut told = self.told(config, &payment, &payment.amount, &payment.currency)?;
        if self.moved == Move::Out {
            told.reason = Some(self.reason());
        }
        self.fact(told)
    }

    pub fn of_refund(&self, config: &Config, refund: &Value, payment: &Value) -> Read<Event<Fact>> {
        let refund: wire::Refund = parsed(refund, "refund")?;
        let payment: wire::Payment = parsed(payment, "payment")?;
        if refund.currency != payment.currency {
            return Err(format!("it is in {}, and its payment in {}", refund.currency, payment.currency));
        }
        let mut told = self.told(config, &payment, &refund.amount, &refund.currency)?;
        told.notes.push(Note::new("refund", &refund.id));
        told.notes.extend(refund.reference.map(|reference| Note::new("refund-reference", reference)));
        if self.moved == Move::Out {
            told.reason = Some("refund".to_owned());
        }
        self.fact(told)
    }

    fn reason(&self) -> String {
        let details = &self.event.details;
        let cause = details.cause.as_deref().unwrap_or(&self.event.action);
        match details.reason_code.as_deref().filter(|code| !code.is_empty()) {
            Some(code) => format!("{}: {cause} ({code})", self.event.action),
            None => format!("{}: {cause}", self.event.action),
        }
    }

    fn told(&self, config: &Config, payment: &wire::Payment, amount: &Amount, currency: &str) -> Read<Payment> {
        let booked_on = TimeZone::UTC.to_datetime(self.at).date();
        let charged_on = match payment.charge_date.as_deref().filter(|day| !day.is_empty()) {
            Some(day) => Some(day.parse::<Date>().map_err(|_| format!("`charge_date` is `{day}`, which is no day"))?),
            None => None,
        };
        let links = [
            ("mandate", &payment.links.mandate),
            ("subscription", &payment.links.subscription),
            ("instalment-schedule", &payment.links.instalment_schedule),
            ("scheme", &payment.scheme),
            ("cause", &self.event.details.description),
        ];
        let notes = links.into_iter().filter_map(|(name, value)| Some(Note::new(name, value.as_ref()?)));
        Ok(Payment {
            amount: money(amount, currency)?,
            account: config.account.clone(),
            booked_on,
            value_on: charged_on.unwrap_or(booked_on),
            payer_name: None,
            // Stands for the customer: the payment names no other.
            payer_account: payment.links.mandate.clone(),
            references: references(config, payment),
            end_to_end_id: None,
            // The same on the payment and on all that takes it back, so that they find each other.
            bank_reference: Some(payment.id.clone()),
            text: cut(payment.description.as_deref().unwrap_or_default(), TEXT_MAX).to_owned(),
            reason: None,
            notes: notes.collect(),
        })
    }

    fn fact(&self, payment: Payment) -> Read<Event<Fact>> {
        let source = Source {
            // A payment may be confirmed, fail, and be confirmed again: each event is a fact of its own.
            key: format!("{}/{}/{}", self.about, self.event.action, self.event.id),
            version: None,
            // The money alone: metadata and descriptions may be changed at GoCardless at any time.
            digest: Some(format!("{}|{}", payment.amount, payment.booked_on)),
            document: self.event.id.clone(),
            place: self.about.clone(),
            occurred_on: payment.booked_on,
        };
        let fact = match self.moved {
            Move::Announced => Fact::Pending,
            Move::In => Fact::Received,
            Move::Out => Fact::Reversed,
        };
        Ok(Event { source, fact: fact(vec![payment]) })
    }
}

/// The payment or refund of this id, beside the events.
pub fn linked<'v>(linked: &'v [Value], id: &str) -> Read<&'v Value> {
    let found = linked.iter().find(|value| text_of(value, "id") == id);
    found.ok_or_else(|| format!("GoCardless gave the event without `{id}` itself; let the token read it"))
}

/// Which payment a refund gives back.
pub fn payment_of(refund: &Value) -> Read<String> {
    let refund: wire::Refund = parsed(refund, "refund")?;
    let payment = refund.links.payment.filter(|id| !id.is_empty());
    payment.ok_or_else(|| "it names no payment: a refund against a mandate is booked by hand".to_owned())
}

pub fn refusal(event: &Value, about: &str, reason: impl Into<String>) -> Refusal {
    let place = event.get("links").map(|links| text_of(links, about)).unwrap_or_default();
    Refusal { document: text_of(event, "id").to_owned(), place: place.to_owned(), reason: reason.into() }
}

pub fn created_at(event: &Value) -> Option<Timestamp> {
    text_of(event, "created_at").parse().ok()
}

/// The first instant of a day in UTC.
pub fn midnight(day: Date) -> Option<Timestamp> {
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// `2026-03-04T05:06:07.089Z`, as GoCardless writes instants itself.
pub fn written(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn money(amount: &Amount, currency: &str) -> Read<Money> {
    let minor = match amount {
        Amount::Number(minor) => *minor,
        Amount::Text(text) => text.parse().map_err(|_| format!("`{text}` is not an amount"))?,
    };
    if !CURRENCIES.contains(&currency) {
        return Err(format!("what an amount in `{currency}` means is not known to this plugin"));
    }
    match minor > 0 {
        true => Ok(Money::new(minor, currency)),
        false => Err(format!("`{minor}` is not an amount of a payment")),
    }
}

fn references(config: &Config, payment: &wire::Payment) -> Vec<String> {
    let named = config.reference_keys.iter().filter_map(|key| payment.metadata.get(key));
    let mut found: Vec<String> = Vec::new();
    for reference in named.chain(payment.reference.as_ref()).map(|reference| reference.trim()) {
        if !reference.is_empty() && !found.iter().any(|known| known == reference) {
            found.push(reference.to_owned());
        }
    }
    found
}

fn parsed<'v, T: Deserialize<'v>>(value: &'v Value, what: &str) -> Read<T> {
    T::deserialize(value).map_err(|error| format!("the {what} cannot be read: {error}"))
}

fn text_of<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests;
