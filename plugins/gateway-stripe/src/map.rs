//! From balance transactions to facts: what came, what is on its way, what went back.

mod money;

use crate::Config;
use crate::wire::{BalanceTransaction, Charge, Dispute, Named, Refund};
use dunlin_plugin_sdk::gateway::{Fact, Payment};
use dunlin_plugin_sdk::{Event, Money, Note, Refusal, Source};
pub use money::midnight;
use money::{day, money};
use serde::Deserialize;
use serde_json::Value;

/// Bytes of a free text; more is cut.
const TEXT_MAX: usize = 8_000;

/// What a transaction tells.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// Not money of a customer, or money that never came.
    Nothing,
    Final(Event<Fact>),
    /// To be looked at again until it is final.
    OnItsWay(Event<Fact>),
}

type Read<T> = std::result::Result<T, String>;

pub fn taken(config: &Config, transaction: &Value) -> Result<Taken, Refusal> {
    let id = text_of(transaction, "id");
    let place = transaction.get("source").map(id_of).unwrap_or_default();
    read(config, transaction).map_err(|reason| refusal(id, place, reason))
}

pub fn refusal(document: &str, place: &str, reason: impl Into<String>) -> Refusal {
    Refusal { document: document.to_owned(), place: place.to_owned(), reason: reason.into() }
}

pub fn mode(live: bool) -> &'static str {
    if live { "live" } else { "test" }
}

/// Stripe's category says what a transaction means, across its many types; only a payment that a bank took back has none.
fn read(config: &Config, transaction: &Value) -> Read<Taken> {
    let moved: BalanceTransaction = parsed(transaction, "balance transaction")?;
    let story = Story { config, moved: &moved };
    match (moved.kind.as_str(), moved.reporting_category.as_str()) {
        ("validation", _) => Ok(Taken::Nothing),
        ("payment_reversal", _) => story.taken_back(),
        (_, "charge") => story.charge(),
        // It was never told as received. And a charge is told with what was captured of it, so the rest is no news.
        (_, "charge_failure" | "partial_capture_reversal") => Ok(Taken::Nothing),
        (_, "refund") => story.refund(false),
        (_, "refund_failure") => story.refund(true),
        (_, "dispute") => story.dispute(false),
        (_, "dispute_reversal") => story.dispute(true),
        (_, "fee" | "tax" | "network_cost") => Ok(Taken::Nothing),
        (kind, category) => match moved.source.as_ref().map(|source| text_of(source, "object")) {
            Some("charge" | "refund" | "dispute") => Err(format!("`{category}` (`{kind}`) of a payment is not known")),
            _ => Ok(Taken::Nothing),
        },
    }
}

/// One transaction on its way to a fact.
struct Story<'s> {
    config: &'s Config,
    moved: &'s BalanceTransaction,
}

impl Story<'_> {
    fn charge(&self) -> Read<Taken> {
        let charge = self.source::<Charge>("charge")?;
        self.of_our_mode(charge.livemode)?;
        let captured = charge.amount_captured.unwrap_or(charge.amount);
        match charge.status.as_str() {
            "succeeded" if !charge.captured => {
                Err("it succeeded and was not captured, and yet it moved the balance".to_owned())
            }
            "succeeded" => {
                self.agrees(&[charge.amount, captured], &charge.currency)?;
                let payment = self.payment(&charge, money(captured, &charge.currency)?, None)?;
                Ok(Taken::Final(self.event(&charge.id, payment, Fact::Received)?))
            }
            "pending" => {
                self.agrees(&[charge.amount], &charge.currency)?;
                let payment = self.payment(&charge, money(charge.amount, &charge.currency)?, None)?;
                Ok(Taken::OnItsWay(self.event(&format!("{}|pending", charge.id), payment, Fact::Pending)?))
            }
            "failed" => Ok(Taken::Nothing),
            other => Err(format!("the status `{other}` of the charge is not known")),
        }
    }

    /// A refund, or the return of one that did not reach the customer, which Stripe also books as a positive refund.
    fn refund(&self, failed: bool) -> Read<Taken> {
        let refund = self.source::<Refund>("refund")?;
        let charge = self.charge_of(refund.charge.as_ref())?;
        if let Some(other) = refund.status.as_deref()
            && !["pending", "requires_action", "succeeded", "failed", "canceled"].contains(&other)
        {
            return Err(format!("the status `{other}` of the refund is not known"));
        }
        let amount = money(refund.amount, &refund.currency)?;
        let came_back = failed || self.moved.amount > 0;
        if came_back {
            self.agrees(&[refund.amount], &refund.currency)?;
            let mut payment = self.payment(&charge, amount, None)?;
            payment.notes.push(Note::new("refund", &refund.id));
            payment.notes.extend(refund.failure_reason.map(|reason| Note::new("refund-failure", reason)));
            return Ok(Taken::Final(self.event(&self.moved.id, payment, Fact::Received)?));
        }
        self.agrees(&[-refund.amount], &refund.currency)?;
        let payment = self.payment(&charge, amount, refund.reason.or(Some("refund".to_owned())))?;
        Ok(Taken::Final(self.event(&refund.id, payment, Fact::Reversed)?))
    }

    /// The customer's bank takes the money; a dispute that is won brings it back.
    fn dispute(&self, won: bool) -> Read<Taken> {
        let dispute = self.source::<Dispute>("dispute")?;
        self.of_our_mode(dispute.livemode)?;
        let charge = self.charge_of(dispute.charge.as_ref())?;
        let amount = self.disputed(&dispute, won)?;
        let reason = (!won).then(|| format!("dispute: {}", dispute.reason));
        let mut payment = self.payment(&charge, amount, reason)?;
        payment.notes.push(Note::new("dispute", &dispute.id));
        let fact = if won { Fact::Received } else { Fact::Reversed };
        Ok(Taken::Final(self.event(&self.moved.id, payment, fact)?))
    }

    /// As much as moved: a dispute can be won in part. In another currency only the whole is known.
    fn disputed(&self, dispute: &Dispute, won: bool) -> Read<Money> {
        let size = self.moved.amount.checked_abs().ok_or("the amount is too large")?;
        if (self.moved.amount > 0) != won {
            return Err(format!(
                "`{}` is the wrong direction for a {}",
                self.moved.amount, self.moved.reporting_category
            ));
        }
        if dispute.amount <= 0 {
            return Err(format!("the dispute has the amount `{}`", dispute.amount));
        }
        match self.moved.currency.eq_ignore_ascii_case(&dispute.currency) {
            true if size <= dispute.amount => money(size, &dispute.currency),
            true => Err(format!("`{size}` moved, which is more than the disputed `{}`", dispute.amount)),
            false if won && dispute.status != "won" => {
                let status = &dispute.status;
                Err(format!(
                    "money came back of a dispute that is `{status}`, and how much of it is not known in {}",
                    dispute.currency
                ))
            }
            false => money(dispute.amount, &dispute.currency),
        }
    }

    /// A bank took back what it had paid. Stripe states the sum in the currency of the balance alone.
    fn taken_back(&self) -> Read<Taken> {
        let charge = self.source::<Charge>("charge")?;
        self.of_our_mode(charge.livemode)?;
        let size = self.moved.amount.checked_neg().filter(|size| *size > 0);
        let Some(size) = size.filter(|size| *size <= charge.amount) else {
            return Err(format!("`{}` was taken back of `{}`", self.moved.amount, charge.amount));
        };
        if !self.moved.currency.eq_ignore_ascii_case(&charge.currency) {
            return Err(format!("how much was taken back in {} is not known", charge.currency));
        }
        let reason = Some("taken back by the bank".to_owned());
        let payment = self.payment(&charge, money(size, &charge.currency)?, reason)?;
        Ok(Taken::Final(self.event(&self.moved.id, payment, Fact::Reversed)?))
    }

    fn source<'v, T: Deserialize<'v>>(&'v self, object: &str) -> Read<T> {
        object_of(self.moved.source.as_ref(), object)
    }

    fn charge_of(&self, charge: Option<&Value>) -> Read<Charge> {
        let charge: Charge = object_of(charge, "charge")?;
        self.of_our_mode(charge.livemode)?;
        Ok(charge)
    }

    fn of_our_mode(&self, live: bool) -> Read<()> {
        match live == self.config.live {
            true => Ok(()),
            false => Err(format!("it is of {} mode, and `live` asks for {} mode", mode(live), mode(self.config.live))),
        }
    }

    /// The movement is one of these sums, where it is in the same currency; its direction is the same in any.
    fn agrees(&self, sums: &[i64], currency: &str) -> Read<()> {
        let BalanceTransaction { amount, currency: booked, .. } = self.moved;
        let fits = match booked.eq_ignore_ascii_case(currency) {
            true => sums.contains(amount),
            false => sums.iter().any(|sum| sum.signum() == amount.signum()),
        };
        let positive = sums.iter().all(|sum| *sum != 0);
        match fits && positive {
            true => Ok(()),
            false => {
                Err(format!("the balance moved by `{amount}` {booked}, and the payment says `{}` {currency}", sums[0]))
            }
        }
    }

    fn event(&self, key: &str, payment: Payment, fact: fn(Vec<Payment>) -> Fact) -> Read<Event<Fact>> {
        let source = Source {
            key: key.to_owned(),
            version: None,
            // The money alone: metadata and descriptions may be changed at Stripe at any time.
            digest: Some(format!("{}|{}", payment.amount, payment.booked_on)),
            document: self.moved.id.clone(),
            place: self.moved.source.as_ref().map(id_of).unwrap_or_default().to_owned(),
            occurred_on: payment.booked_on,
        };
        Ok(Event { source, fact: fact(vec![payment]) })
    }

    fn payment(&self, charge: &Charge, amount: Money, reason: Option<String>) -> Read<Payment> {
        if !amount.is_positive() {
            return Err(format!("`{amount}` is not an amount of a payment"));
        }
        let billed = charge.billing_details.as_ref();
        let email = billed.and_then(|billed| billed.email.as_ref()).or(charge.receipt_email.as_ref());
        let descriptor = charge.calculated_statement_descriptor.as_ref().or(charge.statement_descriptor.as_ref());
        let text: Vec<&str> =
            [charge.description.as_ref(), descriptor].into_iter().flatten().map(String::as_str).collect();
        let mut notes: Vec<Note> = email.map(|email| Note::new("payer-email", email)).into_iter().collect();
        if self.moved.fee != 0 {
            notes.push(Note::new("fee", booked(self.moved.fee, &self.moved.currency)));
        }
        if !self.moved.currency.eq_ignore_ascii_case(&charge.currency) {
            notes.push(Note::new("settled", booked(self.moved.amount, &self.moved.currency)));
        }
        Ok(Payment {
            amount,
            account: self.config.account.clone(),
            booked_on: day(self.moved.created)?,
            value_on: day(self.moved.available_on)?,
            payer_name: billed.and_then(|billed| billed.name.clone()).filter(|name| !name.trim().is_empty()),
            payer_account: charge.customer.as_ref().map(|customer| customer.id().to_owned()),
            references: self.references(charge),
            end_to_end_id: charge.payment_intent.as_ref().map(|intent| intent.id().to_owned()),
            // The same on the charge and on all that takes it back, so that they find each other.
            bank_reference: Some(charge.id.clone()),
            text: cut(&text.join("\n"), TEXT_MAX).to_owned(),
            reason,
            notes,
        })
    }

    fn references(&self, charge: &Charge) -> Vec<String> {
        let named = self.config.reference_keys.iter().filter_map(|key| charge.metadata.get(key));
        let number = charge.invoice.as_ref().and_then(Named::number);
        let mut found: Vec<String> = Vec::new();
        for reference in named.map(String::as_str).chain(number).map(str::trim) {
            if !reference.is_empty() && !found.iter().any(|known| known == reference) {
                found.push(reference.to_owned());
            }
        }
        found
    }
}

/// Beside the payment only: a currency that is not understood is told as it stands.
fn booked(amount: i64, currency: &str) -> String {
    money(amount, currency).map_or_else(|_| format!("{amount} {currency}"), |money| money.to_string())
}

fn object_of<'v, T: Deserialize<'v>>(value: Option<&'v Value>, object: &str) -> Read<T> {
    match value {
        Some(value) if text_of(value, "object") == object => parsed(value, object),
        Some(Value::String(id)) => Err(format!("Stripe gave `{id}` without the {object} itself; let the key read it")),
        _ => Err(format!("it has no {object}")),
    }
}

fn parsed<'v, T: Deserialize<'v>>(value: &'v Value, object: &str) -> Read<T> {
    T::deserialize(value).map_err(|error| format!("the {object} cannot be read: {error}"))
}

fn text_of<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn id_of(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| text_of(value, "id"))
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
