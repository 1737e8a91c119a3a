//! From cases and their payments to facts.

use crate::memory::{Paid, Placed};
use crate::wire::{Case, Payment};
use dunlin_plugin_sdk::agency::{Acknowledgement, AgencyDispute, Closure, Collection, CollectionReversal, Fact};
use dunlin_plugin_sdk::{Date, Event, Money, Refusal, Source};
use serde_json::Number;

pub type Read<T> = std::result::Result<T, String>;

/// Where a case is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has taken it yet, or asks for more.
    Before,
    /// A partner works on it, or waits.
    Working,
    Closed,
}

/// The API gives words that its documentation writes in two ways: `PendingVerification` and `Pending Verification`.
pub fn stage(case: &Case) -> Read<Stage> {
    let lifecycle = case.lifecycle.as_deref().unwrap_or_default();
    Ok(match word(lifecycle).as_str() {
        "pendingcontractsigning"
        | "pendingverificationinternal"
        | "pendingverification"
        | "needsadditionaldetails"
        | "moreinforequired"
        | "leads"
        | "pendingquotebypartner"
        | "collectingquotes"
        | "leadsquotegiven"
        | "quotegivenbypartner"
        | "pendingquoteselection" => Stage::Before,
        "active" | "paused" => Stage::Working,
        "closed" => Stage::Closed,
        "merged" => return Err("it was merged with another case: see at Debitura which one goes on".to_owned()),
        _ => return Err(format!("the lifecycle `{lifecycle}` is not known")),
    })
}

/// One case with what was placed as it.
pub struct Story<'s> {
    pub case: &'s Case,
    pub placed: &'s mut Placed,
    pub events: Vec<Event<Fact>>,
    pub refusals: Vec<Refusal>,
}

impl Story<'_> {
    /// `payments`: all that the case has; none where they were not asked for.
    pub fn tell(&mut self, stage: Stage, payments: Option<&[serde_json::Value]>) -> Read<()> {
        if let Some(currency) = self.case.currency.as_ref().filter(|currency| **currency != self.placed.currency) {
            return Err(format!("it is in `{currency}`, and {} were placed", self.placed.currency));
        }
        let created = day("dateCreated", &self.case.date_created)?;
        let started = match &self.case.date_collection_started {
            Some(started) => Some(day("dateCollectionStarted", started)?),
            None => None,
        };
        if stage == Stage::Working || started.is_some() {
            self.acknowledge("accepted", "", started.unwrap_or(created));
        }
        self.disputed(started.unwrap_or(created));
        if let Some(payments) = payments {
            self.payments(payments);
        }
        if stage == Stage::Closed {
            self.closed(started.is_some())?;
        }
        Ok(())
    }

    fn acknowledge(&mut self, status: &str, reason: &str, on: Date) {
        let reference = self.case.reference.clone().unwrap_or_default();
        let digest = format!("{}|{status}|{reference}", self.placed.account);
        let fact = Acknowledgement {
            placement: self.placed.placement.clone(),
            account: self.placed.account.clone(),
            status: status.to_owned(),
            agency_reference: reference,
            reason: reason.to_owned(),
        };
        self.event(format!("{}/{status}", self.case.id), Some(digest), on, Fact::Acknowledged(fact));
    }

    /// Debitura says of a case that it is disputed, and not which of its invoices: all of them are.
    fn disputed(&mut self, on: Date) {
        let status = self.case.dispute_status.clone().unwrap_or_default();
        if !word(&status).starts_with("yes") {
            return;
        }
        for (index, (invoice, open)) in
            self.placed.items.clone().into_iter().enumerate().filter(|(_, (_, open))| *open > 0)
        {
            let fact = AgencyDispute {
                placement: self.placed.placement.clone(),
                account: self.placed.account.clone(),
                invoice,
                amount: Money::new(open, self.placed.currency.as_str()),
                reason: "disputed".to_owned(),
                text: status.clone(),
            };
            self.event(format!("{}/disputed/{index}", self.case.id), None, on, Fact::Disputed(fact));
        }
    }

    fn payments(&mut self, payments: &[serde_json::Value]) {
        let mut present = Vec::new();
        for value in payments {
            let id = value.get("id").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            let read = serde_json::from_value::<Payment>(value.clone());
            let taken =
                read.map_err(|why| format!("the payment cannot be read: {why}")).and_then(|paid| self.payment(paid));
            match taken {
                Ok(true) => {}
                Ok(false) => continue,
                Err(reason) => self.refusals.push(refusal(&self.case.id, &id, reason)),
            }
            present.push(id);
        }
        let gone: Vec<(String, Paid)> = self
            .placed
            .payments
            .iter()
            .filter(|(id, _)| !present.contains(id))
            .map(|(id, paid)| (id.clone(), paid.clone()))
            .collect();
        for (id, paid) in gone {
            if let Err(reason) = self.reversed(&id, &paid) {
                self.refusals.push(refusal(&self.case.id, &id, reason));
            }
        }
    }

    /// Whether it is a collection.
    fn payment(&mut self, payment: Payment) -> Read<bool> {
        let recipient = payment.recipient.as_deref().unwrap_or_default();
        match word(recipient).as_str() {
            "collectionpartner" | "platform" => {}
            // It is known already: the money came to us.
            "creditor" => return Ok(false),
            _ => return Err(format!("the recipient `{recipient}` is not known")),
        }
        let currency = payment.currency.as_deref().unwrap_or_default();
        if currency != self.placed.currency {
            return Err(format!("it is in `{currency}`, and {} were placed", self.placed.currency));
        }
        let gross = amount(&payment.gross_amount, currency)?;
        if !gross.is_positive() {
            return Err(format!("{gross} is not an amount of a payment"));
        }
        let on = day("date", &payment.date)?;
        // What was told stays, whatever becomes of the fee.
        let commission = match self.placed.payments.get(&payment.id) {
            Some(known) => known.commission,
            None => self.commission(&gross)?,
        };
        let paid = Paid { gross: gross.minor, commission, on: on.to_string() };
        if !self.placed.remember(&payment.id, paid) {
            return Err("more payments than can be remembered: book it by hand".to_owned());
        }
        let digest = Some(format!("{gross}|{on}"));
        let fact = Collection {
            placement: self.placed.placement.clone(),
            account: self.placed.account.clone(),
            transaction: payment.id.clone(),
            net: Money::new(gross.minor - commission, currency),
            commission: Money::new(commission, currency),
            gross,
            remittance: "net".to_owned(),
            collected_on: on,
            remittance_reference: self.case.reference.clone().unwrap_or_default(),
        };
        self.event(format!("payment/{}", payment.id), digest, on, Fact::Collected(fact));
        Ok(true)
    }

    /// The partner's share. The API does not tell it for a payment, but the fee that it is computed from.
    fn commission(&self, gross: &Money) -> Read<i64> {
        let phase = self.case.current_engagement_phase.as_deref().unwrap_or_default();
        if !matches!(word(phase).as_str(), "prelegal" | "") {
            return Err(format!(
                "what a partner keeps in the phase `{phase}` is not told by Debitura: book it by hand"
            ));
        }
        let Some(fee) = &self.case.pre_legal_success_fee else {
            return Err(
                "the case has no success fee, so that the partner's share is not known: book it by hand".to_owned()
            );
        };
        share(gross.minor, &fee.to_string()).ok_or_else(|| format!("`{fee}` is not a fee in percent"))
    }

    /// A payment that was told and is no collection any more was deleted at Debitura, which is how it takes one back.
    fn reversed(&mut self, id: &str, paid: &Paid) -> Read<()> {
        let on = day("date", &paid.on)?;
        let money = |minor| Money::new(minor, self.placed.currency.as_str());
        let fact = CollectionReversal {
            placement: self.placed.placement.clone(),
            account: self.placed.account.clone(),
            transaction: format!("{id}/deleted"),
            reverses: id.to_owned(),
            gross: money(paid.gross),
            commission: money(paid.commission),
            net: money(paid.gross - paid.commission),
            reversed_on: on,
            reason: "deleted at Debitura".to_owned(),
        };
        self.event(format!("payment/{id}/deleted"), None, on, Fact::Reversed(fact));
        Ok(())
    }

    fn closed(&mut self, was_started: bool) -> Read<()> {
        let Some(finished) = &self.case.date_finished else {
            return Err("it is closed without `dateFinished`".to_owned());
        };
        let on = day("dateFinished", finished)?;
        let code = self.case.close_code.clone().unwrap_or_default();
        let reason = match word(&code).as_str() {
            "" => return Err("it is closed without a close code".to_owned()),
            "withdrawnbyclient" => {
                self.acknowledge("recalled", &code, on);
                return Ok(());
            }
            "paid" => "collected",
            "partiallypaid" => "partially-collected",
            "debtorinsolventbankrupt" => "insolvent",
            "disputedlegalactiondeclinedbyclient" => "disputed",
            "debtoruntraceable" | "prelegalexhaustednopayment" | "uneconomicaltopursue" => "uncollectable",
            "statuteoflimitationsexpired" => "time-barred",
            _ => code.as_str(),
        };
        let never = [
            "caseneverstarted",
            "caseneverstartedinternal",
            "invalidcasedata",
            "noquotesreceived",
            "quotesexpirednotaccepted",
        ];
        if !was_started && never.contains(&word(&code).as_str()) {
            self.acknowledge("rejected", &code, on);
            return Ok(());
        }
        let closure = Closure {
            placement: self.placed.placement.clone(),
            account: self.placed.account.clone(),
            reason: reason.to_owned(),
            closed_on: on,
        };
        self.event(format!("{}/closed", self.case.id), None, on, Fact::Returned(closure));
        Ok(())
    }

    fn event(&mut self, key: String, digest: Option<String>, occurred_on: Date, fact: Fact) {
        let document = self.case.id.clone();
        let source = Source { key, version: None, digest, document, place: String::new(), occurred_on };
        self.events.push(Event { source, fact });
    }
}

pub fn refusal(case: &str, place: &str, reason: impl Into<String>) -> Refusal {
    Refusal { document: case.to_owned(), place: place.to_owned(), reason: reason.into() }
}

/// The letters and digits of a word in lower case, so that its spelling does not matter.
fn word(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|sign| sign.to_ascii_lowercase()).collect()
}

/// The day of a time such as `2026-03-04T00:00:00Z`.
fn day(field: &str, time: &str) -> Read<Date> {
    let day = time.get(..10).and_then(|day| day.parse().ok());
    day.ok_or_else(|| format!("`{field}` is `{time}`, which is not a time such as `2026-03-04T00:00:00Z`"))
}

/// Debitura gives amounts as decimals of JSON.
fn amount(number: &Number, currency: &str) -> Read<Money> {
    Money::parse(&number.to_string(), currency).map_err(|why| why.message)
}

/// A percentage such as `17.5` of an amount in minor units, rounded half up.
fn share(gross: i64, percent: &str) -> Option<i64> {
    let (whole, rest) = percent.split_once('.').unwrap_or((percent, ""));
    if whole.is_empty() || rest.len() > 6 || !whole.bytes().chain(rest.bytes()).all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let parts: i128 = format!("{whole}{rest}").parse().ok()?;
    let hundred = 100 * 10_i128.pow(u32::try_from(rest.len()).ok()?);
    if parts > hundred {
        return None;
    }
    let share = (i128::from(gross) * parts * 2 + hundred) / (hundred * 2);
    i64::try_from(share).ok().filter(|share| (0..=gross).contains(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_once() {
        for (gross, percent, expected) in [
            (10_000, "25", Some(2_500)),
            (10_000, "25.0", Some(2_500)),
            (10_000, "17.5", Some(1_750)),
            (1, "50", Some(1)),
            (1, "49.9", Some(0)),
            (333, "33.333", Some(111)),
            (i64::MAX, "100", Some(i64::MAX)),
            (100, "100.1", None),
            (100, "-1", None),
            (100, "1e2", None),
            (100, "", None),
        ] {
            assert_eq!(share(gross, percent), expected, "{gross} {percent}");
        }
    }
}
