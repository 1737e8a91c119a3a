//! The messenger role: written messages, and what became of them.

use escalation::report::Tracking;
use escalation::request::{Ask, Request};
use escalation::{Received, Report};
use jiff::tz::TimeZone;

use crate::bindings::messenger as wit;
use crate::convert::{Read, account, civil, effect_key, name, notes, source, text, to_notes, to_party};

pub(super) fn received(event: wit::Event, zone: &TimeZone) -> Read<Received> {
    let report = match event.fact {
        wit::Fact::Delivered(told) => tracked(told, Tracking::Delivered, zone)?,
        wit::Fact::Bounced(told) => tracked(told, Tracking::Bounced, zone)?,
        wit::Fact::Opened(told) => tracked(told, Tracking::Opened, zone)?,
        wit::Fact::Replied(told) => tracked(told, Tracking::Replied, zone)?,
        wit::Fact::OptedOut(told) => Report::AskedToStop {
            account: account(told.account)?,
            medium: name("medium", told.medium)?,
            text: text("text", told.text)?,
        },
        wit::Fact::Other(other) => Report::Other { kind: name("kind", other.kind)?, notes: notes(other.notes)? },
    };
    Ok(Received { source: source(event.source)?, report })
}

fn tracked(told: wit::Tracking, status: Tracking, zone: &TimeZone) -> Read<Report> {
    Ok(Report::Tracked {
        account: account(told.account)?,
        message: effect_key("message", told.message)?,
        status,
        at: civil("at", told.at, zone)?,
        text: text("text", told.text)?,
    })
}

pub(super) fn request(request: &Request) -> Option<wit::Request> {
    let effect = match &request.ask {
        Ask::Send(ask) => wit::Effect::Send(wit::Message {
            account: ask.account.to_string(),
            channel: ask.channel.clone(),
            recipient: to_party(&ask.recipient),
            address: ask.address.clone(),
            language: ask.language.clone(),
            subject: ask.subject.clone(),
            text: ask.text.clone(),
            html: ask.html.clone(),
            notes: to_notes(&ask.notes),
        }),
        Ask::WithdrawMessage(ask) => wit::Effect::Withdraw(wit::Withdrawal {
            message: ask.message.to_string(),
            account: ask.account.to_string(),
            reason: ask.reason.clone(),
        }),
        _ => return None,
    };
    Some(wit::Request { key: request.key.to_string(), effect })
}
