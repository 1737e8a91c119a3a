//! The notifier role: who has to know, and who saw it.

use escalation::request::{Ask, Request};
use escalation::{Received, Report};
use jiff::tz::TimeZone;

use crate::bindings::notifier as wit;
use crate::convert::{Read, account, civil, effect_key, name, notes, source, text, to_party, word};

pub(super) fn received(event: wit::Event, zone: &TimeZone) -> Read<Received> {
    let report = match event.fact {
        wit::Fact::Acknowledged(told) => Report::NotificationAcknowledged {
            account: account(told.account)?,
            notification: effect_key("notification", told.notification)?,
            by: word("by", told.by)?,
            at: civil("at", told.at, zone)?,
            text: text("text", told.text)?,
        },
        wit::Fact::Other(other) => Report::Other { kind: name("kind", other.kind)?, notes: notes(other.notes)? },
    };
    Ok(Received { source: source(event.source)?, report })
}

pub(super) fn request(request: &Request) -> Option<wit::Request> {
    let Ask::Notify(ask) = &request.ask else { return None };
    let effect = wit::Effect::Notify(wit::Notification {
        account: ask.account.to_string(),
        recipient_role: ask.recipient_role.clone(),
        recipient: to_party(&ask.recipient),
        address: ask.address.clone(),
        language: ask.language.clone(),
        subject: ask.subject.clone(),
        text: ask.text.clone(),
        html: ask.html.clone(),
        link: ask.link.clone(),
        notes: Vec::new(),
    });
    Some(wit::Request { key: request.key.to_string(), effect })
}
