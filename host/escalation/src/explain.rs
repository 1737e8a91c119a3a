//! A decision in sentences: what happens next and when, what stands in the way and until when.

use crate::account::{Account, EffectState};
use crate::decide::{Decision, Reason};
use crate::effect::{Action, Effect};
use crate::event::Fact;

/// First what is done, then why, then what is waited for, then when it is looked at again.
pub fn explain(account: &Account, decision: &Decision) -> Vec<String> {
    let mut lines = vec![standing(account)];
    for fact in &decision.events {
        if let Fact::EffectPlanned { effect } = fact {
            lines.push(format!("now: {}", in_words(effect)));
        }
    }
    for known in account.effects.values() {
        let state = match known.state {
            EffectState::Planned => "planned",
            EffectState::Handed => "in the dialer's queue",
            EffectState::Unknown => "outcome not known, a person has to say",
        };
        lines.push(format!("{state}: {}", in_words(&known.effect)));
    }
    lines.extend(decision.because.iter().map(reason));
    lines.push(match decision.look_again {
        Some(at) => format!("looked at again on {}, or as soon as something happens", at.date()),
        None => "looked at again when something happens".to_owned(),
    });
    lines
}

/// An effect as a short sentence.
pub fn in_words(effect: &Effect) -> String {
    let invoices = effect.action.invoices().iter().map(|number| number.as_str()).collect::<Vec<_>>().join(", ");
    match &effect.action {
        Action::SendNotice(notice) => {
            let deadline = notice.deadline.map(|day| format!(", to be paid by {day}")).unwrap_or_default();
            format!("send `{}` by {} about {invoices}{deadline}", notice.level, notice.channel.as_str())
        }
        Action::TellColleague { to, .. } => format!("tell `{to}` about {invoices}"),
        Action::QueueCall(_) => format!("queue a call about {invoices}"),
        Action::WithdrawCall { call, reason } => format!("withdraw the call `{call}`: {reason}"),
        Action::WithdrawMessage { message, reason } => format!("withdraw the message `{message}`: {reason}"),
        Action::HoldCredit { reason } => format!("hold credit: {reason}"),
        Action::ReleaseCredit { reason } => format!("release credit: {reason}"),
        Action::PlaceWithAgency { agency, total, .. } => {
            let named = agency.as_ref().map(|agency| format!(" `{agency}`")).unwrap_or_default();
            format!("place {invoices} with the agency{named}, {total}")
        }
        Action::ReportDirectPayment { amount, .. } => format!("report a direct payment of {amount} to the agency"),
        Action::RecallPlacement { placement, reason, .. } => format!("recall the placement `{placement}`: {reason}"),
        Action::PostCashApplication { amount, .. } => format!("post {amount} to {invoices}"),
        Action::AlertColleague { to, subject, .. } => format!("tell `{to}`: {subject}"),
        Action::OrderCreditReport { application, amount, .. } => {
            format!("order a credit report for `{application}` of {amount}")
        }
        Action::EnquireCover { engagement, on, payer, .. } => {
            format!("ask {payer} about the cover of `{engagement}` on {on}")
        }
        Action::AskPrepayment { engagement, amount, until, channel } => {
            format!("ask by {} for {amount} before `{engagement}`, to be paid by {until}", channel.as_str())
        }
        Action::WriteOff(booking) => format!("book {} of {invoices} as {}", booking.amount, booking.kind.as_str()),
        Action::ReverseWriteOff(booking) => {
            format!("take back {} of {invoices} booked as {}", booking.amount, booking.kind.as_str())
        }
        Action::IssueCreditMemo(order) => format!("credit {} of {invoices}: {}", order.amount, order.reason),
    }
}

/// What the account owes, as a sentence.
pub fn standing(account: &Account) -> String {
    let amounts = |sums: Vec<crate::money::Money>| {
        let sums: Vec<String> = sums.iter().map(ToString::to_string).collect();
        if sums.is_empty() { "nothing".to_owned() } else { sums.join(" and ") }
    };
    let unapplied = account.unapplied();
    let rest = if unapplied.is_empty() { String::new() } else { format!("; {} is unapplied", amounts(unapplied)) };
    let name = if account.debtor.name.is_empty() { account.id.as_str() } else { account.debtor.name.as_str() };
    let terms = if account.cash_in_advance.is_some() { "; orders against cash in advance only" } else { "" };
    format!("{name} owes {}{rest}{terms}", amounts(account.open()))
}

/// What would have to happen for a reason to hold no more; none: it is no reason that waits.
pub fn changes_when(code: &str) -> Option<&'static str> {
    Some(match code {
        "not-yet" => "its day comes",
        "nothing-owed" => "an invoice comes, or a payment is given back",
        "ladder-ended" | "missing-at-source" => "a person decides",
        "dispute" => "the dispute is resolved",
        "promise" => "the promise is kept, broken or replaced",
        "dunning-block" => "a person lifts the block, or it ends",
        "attorney" | "insolvency" | "deceased" => "a person ends the protection",
        "moratorium" => "the stay ends, or a person ends it",
        "placed" => "the agency gives it back, or it is recalled",
        "payment-pending" => "the payment is booked, or is not waited for any more",
        "payment-claimed" => "money comes, or the days have passed",
        "plan" | "settlement" => "it is kept, failed or ended by a person",
        "goods-return" => "the goods are credited, or their day has passed",
        "stopped" => "the debtor wishes so",
        "weekday" | "holiday" => "the next working day comes",
        "calendar" => "a policy lists the holidays of the year",
        "contact-gap" | "call-budget" | "contact-budget" | "after-conversation" | "too-early" => "the days have passed",
        "quiet-hours" => "the hours have come",
        "mail-in-transit" => "the letter is there, or the days have passed",
        "no-mandate" => "a law firm's mandate is put on record",
        "unknown-country" | "unknown-zone" => "the accounting package tells it",
        "no-pack" | "claim-unknown" | "no-calendar" => "a jurisdiction pack has it",
        "no-agency" => "an agency takes such a debtor, or a person decides",
        "small-balance" => "more is owed",
        "stale-feed" => "a newer bank statement comes",
        "unknown-outcome" => "a person says whether it happened",
        "tasks-full" => "a task has ended",
        "unreachable" => "an address or number is known that works",
        "backfill" => "the backfill ends",
        "approval" => "the people have agreed",
        "unapplied" => "a person assigns it",
        _ => return None,
    })
}

/// A reason with what it is about and until when it holds.
pub fn reason(reason: &Reason) -> String {
    let about = reason.invoice.as_ref().map(|number| format!("{number}: ")).unwrap_or_default();
    let told = |day: &jiff::civil::Date| reason.text.contains(&day.to_string());
    let until = reason.until.filter(|day| !told(day)).map(|day| format!(" (until {day})")).unwrap_or_default();
    format!("{about}{}{until}", reason.text)
}

#[cfg(test)]
mod tests {
    use super::changes_when;
    use crate::guard::CODES;

    /// What ended an effect for good waits for nothing.
    #[test]
    fn every_silence_says_what_would_change_it() {
        for code in CODES.iter().filter(|code| !["superseded", "expired"].contains(code)) {
            assert!(changes_when(code).is_some(), "{code}");
        }
    }
}
