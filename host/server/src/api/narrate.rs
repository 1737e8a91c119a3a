//! Facts and actions as sentences, for people.

mod agreed;
mod upfront;
mod work;

use escalation::cash::{Allocation, Payment, Target};
use escalation::policy::Channel;
use escalation::report::Tracking;
use escalation::{Action, Arrival, Fact, InvoiceNumber};
use serde::Serialize;

/// A fact, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is about: `money`, `invoice`, `contact`, `promise` (plans and settlements too), `dispute`, `agency`, `credit`, `level`, `effect`, `person`;
    /// `gone`: it cannot be told.
    pub topic: &'static str,
    pub text: String,
    /// Words of the other side, a reference, a reason; may be empty.
    pub detail: String,
}

pub fn fact(fact: &Fact) -> Told {
    money(fact)
        .or_else(|| contact(fact))
        .or_else(|| person(fact))
        .or_else(|| decided(fact))
        .or_else(|| upfront::fact(fact))
        .or_else(|| agreed::told(fact))
        .or_else(|| work::told(fact))
        .unwrap_or_else(|| ended(fact))
}

/// What is left of an event that tells nothing any more.
pub fn gone(text: &str, why: &str) -> Told {
    Told { topic: "gone", text: text.to_owned(), detail: why.to_owned() }
}

fn told(topic: &'static str, text: String, detail: &str) -> Option<Told> {
    Some(Told { topic, text, detail: detail.to_owned() })
}

/// Invoices, credit, cash.
fn money(fact: &Fact) -> Option<Told> {
    match fact {
        Fact::DebtorSynced { debtor } => {
            told("invoice", format!("Debtor on record: {}", debtor.name), &debtor.address.join(", "))
        }
        Fact::InvoiceIssued { invoice } => {
            let text = format!("Invoice {} of {}, due {}", invoice.number, invoice.total, invoice.due_on);
            told("invoice", text, &invoice.terms)
        }
        Fact::InvoiceRestated { number, open } => {
            told("invoice", format!("Invoice {number} restated: {open} open"), "")
        }
        Fact::InvoiceMissing { number } => {
            let detail = "two full listings in a row did not have it; nobody is chased about it";
            told("invoice", format!("Invoice {number} is missing in the accounting package"), detail)
        }
        Fact::InvoiceFound { number } => told("invoice", format!("Invoice {number} is listed again"), ""),
        Fact::CreditMemoIssued { memo } => {
            told("invoice", format!("Credit memo {} of {}", memo.number, memo.amount), &memo.reason)
        }
        Fact::PaymentReceived { payment } => {
            told("money", format!("{} received{}", payment.amount, from(payment)), &payment.text)
        }
        Fact::PaymentAnnounced { payment } => {
            told("money", format!("{} announced{}, not booked yet", payment.amount, from(payment)), &payment.text)
        }
        Fact::PaymentReversed { payment } => told(
            "money",
            format!("{} given back{}", payment.amount, from(payment)),
            payment.reason.as_deref().unwrap_or_default(),
        ),
        Fact::CashApplied { payment, allocations } => {
            told("money", spread("Cash applied", allocations), payment.as_str())
        }
        Fact::CashAssigned { payment, allocations } => {
            told("money", spread("Cash assigned", allocations), payment.as_str())
        }
        Fact::AgencyCollected { placement, collection } => {
            let what =
                if collection.reverses.is_some() { "Agency took back a collection of" } else { "Agency collected" };
            let text = format!(
                "{what} {}, commission {}, hands over {}",
                collection.gross, collection.commission, collection.net
            );
            told("agency", text, placement.as_str())
        }
        _ => None,
    }
}

/// Calls, messages, promises, disputes, agencies.
fn contact(fact: &Fact) -> Option<Told> {
    match fact {
        Fact::CallEnded(call) => {
            let agent = if call.agent.is_empty() { String::new() } else { format!(", {}", call.agent) };
            let text = format!("Call ended: {} ({} s{agent})", call.disposition.replace('_', " "), call.duration_s);
            told("contact", text, &call.text)
        }
        Fact::PromiseMade { promise } => {
            told("promise", format!("Promise of {} by {}", promise.amount, promise.due_on), &promise.text)
        }
        Fact::PromiseKept { promise } => told("promise", "Promise kept".to_owned(), promise.as_str()),
        Fact::PromisePartlyKept { promise } => told("promise", "Promise partly kept".to_owned(), promise.as_str()),
        Fact::PromiseBroken { promise } => told("promise", "Promise broken".to_owned(), promise.as_str()),
        Fact::DisputeOpened { dispute } => {
            let text = format!("{} of invoice {} disputed: {}", dispute.amount, dispute.invoice, dispute.reason);
            told("dispute", text, &dispute.text)
        }
        Fact::StopRequested { medium, text } => {
            let what = if medium == "all" { "not to be contacted" } else { medium };
            told("contact", format!("Debtor asked to stop: {what}"), text)
        }
        Fact::MessageTracked { message, status, text } => {
            let what = match status {
                Tracking::Delivered => "Message delivered",
                Tracking::Bounced => "Message came back",
                Tracking::Opened => "Message opened",
                Tracking::Replied => "Debtor replied",
            };
            told("contact", what.to_owned(), if text.is_empty() { message.as_str() } else { text })
        }
        Fact::PlacementAcknowledged { status, agency_reference, reason, .. } => {
            let reference = if agency_reference.is_empty() { String::new() } else { format!(" as {agency_reference}") };
            told("agency", format!("Agency: placement {status}{reference}"), reason)
        }
        Fact::PlacementReturned { reason, .. } => told("agency", "Agency returned the placement".to_owned(), reason),
        _ => None,
    }
}

/// Said at the desk.
fn person(fact: &Fact) -> Option<Told> {
    match fact {
        Fact::DisputeResolved { outcome, text, .. } => told("dispute", format!("Dispute resolved: {outcome}"), text),
        Fact::DunningBlocked { reason, until } => {
            let until = until.map_or(String::new(), |until| format!(" until {until}"));
            told("person", format!("Dunning blocked{until}"), reason)
        }
        Fact::DunningUnblocked { reason } => told("person", "Dunning block lifted".to_owned(), reason),
        Fact::ProtectionBegan { protection } => {
            told("person", "Protection on record".to_owned(), &protection.in_words())
        }
        Fact::ProtectionEnded { kind, reason } => {
            told("person", format!("Protection ended: {}", kind.as_str()), reason)
        }
        Fact::MandateGiven { mandate } => told("person", format!("{} has a mandate", mandate.firm.name), &mandate.file),
        Fact::MandateEnded { reason } => told("person", "The law firm's mandate has ended".to_owned(), reason),
        Fact::StopLifted { medium, reason } => {
            let what = if medium == "all" { "any contact" } else { medium };
            told("person", format!("May be contacted again: {what}"), reason)
        }
        Fact::PaymentMoved { payment, to } => told("money", format!("Payment moved to account {to}"), payment.as_str()),
        Fact::EffectApproved { key } => told("person", "Approved by a person".to_owned(), key.as_str()),
        Fact::EffectSettled { key, happened, text } => {
            let what = if *happened { "It happened" } else { "It did not happen" };
            let detail = if text.is_empty() { key.to_string() } else { format!("{key}: {text}") };
            told("person", format!("{what}, a person found out"), &detail)
        }
        Fact::LaneRetried { reason } => told("person", "Parked account taken up again".to_owned(), reason),
        _ => None,
    }
}

/// Consequences that the policy drew.
fn decided(fact: &Fact) -> Option<Told> {
    match fact {
        Fact::LevelReached { invoice, level } => {
            told("level", format!("Invoice {invoice} reached level `{level}`"), "")
        }
        Fact::LevelPassed { invoice, level, because } => {
            told("level", format!("Invoice {invoice} passes over level `{level}`"), because)
        }
        Fact::PolicyAssigned { policy, how, because, .. } => {
            let text = match how {
                Arrival::Start => format!("Ladder begins with policy {policy}"),
                Arrival::Migrate => format!("Moved to policy {policy}"),
                Arrival::Restart => format!("Begins anew with policy {policy}"),
            };
            told("level", text, because)
        }
        Fact::SegmentAssigned { segment, ladder, because } => {
            told("level", format!("Segment `{segment}`, ladder `{ladder}`"), because)
        }
        Fact::CreditHeld { reason } => told("credit", "Credit hold".to_owned(), reason),
        Fact::CreditReleased { reason } => told("credit", "Credit hold released".to_owned(), reason),
        Fact::EffectPlanned { effect } => {
            told("effect", format!("Planned for {}: {}", effect.due_on, action(&effect.action)), effect.key.as_str())
        }
        Fact::EffectCancelled { key, because } => told("effect", format!("Cancelled: {because}"), key.as_str()),
        _ => None,
    }
}

/// How an effect ended.
fn ended(fact: &Fact) -> Told {
    let (text, detail) = match fact {
        Fact::EffectDone { key, reference } if reference.is_empty() => ("Done".to_owned(), key.to_string()),
        Fact::EffectDone { key, reference } => ("Done".to_owned(), format!("{key}, there called {reference}")),
        Fact::EffectRejected { key, code, reason } => (format!("Rejected ({code}): {reason}"), key.to_string()),
        Fact::EffectUnknown { key, text } => (format!("Outcome unknown: {text}"), key.to_string()),
        Fact::EffectExpired { key } => ("Expired before it could go out".to_owned(), key.to_string()),
        other => (format!("{other:?}"), String::new()),
    };
    Told { topic: "effect", text, detail }
}

/// What an effect asks for.
pub fn action(action: &Action) -> String {
    match action {
        Action::SendNotice(notice) => {
            let channel = match notice.channel {
                Channel::Email => "e-mail",
                Channel::Letter => "letter",
                Channel::Sms => "SMS",
                Channel::RegisteredLetter => "registered letter",
            };
            format!("{channel} `{}`, {}, about {}", notice.level, word(&notice.tone), list(&notice.invoices))
        }
        Action::TellColleague { level, to, invoices, .. } => {
            format!("tell `{to}` about {}, level `{level}`", list(invoices))
        }
        Action::QueueCall(call) => format!("phone call `{}` about {}", call.level, list(&call.invoices)),
        Action::WithdrawCall { reason, .. } => format!("withdraw a queued call: {reason}"),
        Action::WithdrawMessage { reason, .. } => format!("withdraw a message: {reason}"),
        Action::HoldCredit { reason } => format!("hold credit: {reason}"),
        Action::ReleaseCredit { reason } => format!("release credit: {reason}"),
        Action::PlaceWithAgency { agency, items, total, .. } => {
            let named = agency.as_ref().map(|agency| format!(" `{agency}`")).unwrap_or_default();
            format!("place {} ({total}) with the agency{named}", count(items.len(), "invoice"))
        }
        Action::ReportDirectPayment { amount, received_on, .. } => {
            format!("tell the agency of {amount} that came directly on {received_on}")
        }
        Action::RecallPlacement { reason, .. } => format!("recall the placement: {reason}"),
        Action::PostCashApplication { invoice, amount, .. } => format!("post {amount} on invoice {invoice}"),
        Action::AlertColleague { to, subject, .. } => format!("tell `{to}`: {subject}"),
        Action::OrderCreditReport { application, amount, .. } => {
            format!("order a credit report for {amount}, application {application}")
        }
        Action::EnquireCover { engagement, on, payer, .. } => {
            format!("ask {payer} about the cover of {engagement} on {on}")
        }
        Action::AskPrepayment { engagement, amount, until, .. } => {
            format!("ask for {amount} before {engagement}, by {until}")
        }
        Action::WriteOff(booking) => {
            format!("book {} of invoice {} as {}", booking.amount, booking.invoice, booking.kind.as_str())
        }
        Action::ReverseWriteOff(booking) => {
            format!("take back {} of invoice {}, booked as {}", booking.amount, booking.invoice, booking.kind.as_str())
        }
        Action::IssueCreditMemo(order) => format!("credit memo of {} on invoice {}", order.amount, order.invoice),
    }
}

/// The written name of a value of a closed list.
pub fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// `1 invoice`, `2 invoices`
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

fn from(payment: &Payment) -> String {
    payment.payer_name.as_ref().map_or(String::new(), |name| format!(" from {name}"))
}

fn spread(what: &str, allocations: &[Allocation]) -> String {
    let part = |allocation: &Allocation| match &allocation.to {
        Target::Invoice(number) => format!("{} to {number}", allocation.amount),
        Target::Charge { invoice, kind } => format!("{} for the {} of {invoice}", allocation.amount, kind.as_str()),
        Target::AgencyRemittance(_) => format!("{} as the agency's remittance", allocation.amount),
    };
    let parts: Vec<_> = allocations.iter().map(part).collect();
    if parts.is_empty() { format!("{what}: nothing") } else { format!("{what}: {}", parts.join(", ")) }
}

fn list(invoices: &[InvoiceNumber]) -> String {
    match invoices {
        [] => "the account".to_owned(),
        few if few.len() <= 3 => few.iter().map(InvoiceNumber::as_str).collect::<Vec<_>>().join(", "),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}
