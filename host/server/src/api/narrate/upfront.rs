//! What happens before a debt exists, as sentences.

use escalation::Fact;
use escalation::credit::CreditReport;

use super::{Told, told};

pub(super) fn fact(fact: &Fact) -> Option<Told> {
    match fact {
        Fact::NotificationAcknowledged { notification, by, text } => {
            let detail = if text.is_empty() { notification.as_str() } else { text };
            told("contact", format!("Seen by {by}"), detail)
        }
        Fact::CustomerSince { since } => told("invoice", format!("Customer since {since}"), ""),
        Fact::Engaged { engagement } => {
            let text =
                format!("{} {} on {}, {}", engagement.kind.as_str(), engagement.id, engagement.on, engagement.amount);
            let payer = engagement.insured.as_ref().map(|insured| format!("{} pays", insured.payer));
            told("invoice", capital(&text), &payer.unwrap_or_default())
        }
        Fact::EngagementEnded { engagement, reason } => told("invoice", format!("{engagement} is over"), reason),
        Fact::CoverReported { engagement, cover } => {
            let word = if cover.active { "in force" } else { "lapsed" };
            let until = cover.until.map(|until| format!(" until {until}")).unwrap_or_default();
            told("credit", format!("Cover for {engagement}: {word}{until}"), &cover.text)
        }
        Fact::CoverLapsed { engagement, because } => told("credit", format!("No cover for {engagement}"), because),
        _ => credit(fact),
    }
}

fn credit(fact: &Fact) -> Option<Told> {
    match fact {
        Fact::CreditApplied { application } => {
            let text = format!("Application {} for credit of {}", application.id, application.amount);
            told("credit", text, &application.text)
        }
        Fact::CreditReported { report } => told("credit", reported(report), &report.text),
        Fact::EvidenceRecorded { evidence } => {
            told("credit", capital(&format!("{} on record", evidence.kind.as_str().replace('-', " "))), &evidence.proof)
        }
        Fact::TermsRecorded { terms } => {
            let word = if terms.signed { "Signed terms" } else { "Terms" };
            told("credit", format!("{word} of {} days on record", terms.net_days), &terms.proof)
        }
        Fact::TermsProposed { terms } => {
            told("credit", format!("Terms of {} days are proposed", terms.net_days), &terms.because)
        }
        Fact::CreditDecided { application, verdict } => {
            let word = if verdict.granted { "granted" } else { "refused" };
            let until = verdict.until.map(|until| format!(" until {until}")).unwrap_or_default();
            told("credit", format!("Credit {application} {word}{until}"), &verdict.because)
        }
        Fact::CreditExpired { application } => told("credit", format!("Credit {application} has ended"), ""),
        _ => None,
    }
}

fn reported(report: &CreditReport) -> String {
    let limit = report.limit.map(|limit| format!(", at most {limit}")).unwrap_or_default();
    let price = report.price.map(|price| format!("; it cost {price}")).unwrap_or_default();
    format!("Credit report {} of {}: {}{limit}{price}", report.report, report.bureau, report.advice.as_str())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
