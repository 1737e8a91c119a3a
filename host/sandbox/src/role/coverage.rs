//! The coverage role: is somebody else's cover in force on the day of the service?

use escalation::EngagementId;
use escalation::engagement::Cover;
use escalation::request::{Ask, Request};
use escalation::{Received, Report};
use jiff::tz::TimeZone;

use crate::bindings::coverage as wit;
use crate::convert::{Read, account, date, name, notes, source, text, to_date, to_party, word};

pub(super) fn received(event: wit::Event, _zone: &TimeZone) -> Read<Received> {
    let source = source(event.source)?;
    let report = match event.fact {
        wit::Fact::Active(told) => cover(told, true, source.occurred_on)?,
        wit::Fact::Lapsed(told) => cover(told, false, source.occurred_on)?,
        wit::Fact::Other(other) => Report::Other { kind: name("kind", other.kind)?, notes: notes(other.notes)? },
    };
    Ok(Received { source, report })
}

fn cover(told: wit::Cover, active: bool, checked_on: escalation::Date) -> Read<Report> {
    let from = told.active_from.map(|day| date("active-from", day)).transpose()?;
    let until = told.active_until.map(|day| date("active-until", day)).transpose()?;
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return Err("`active-until` is before `active-from`".to_owned());
    }
    Ok(Report::Cover {
        account: account(told.account)?,
        engagement: EngagementId::new(name("appointment", told.appointment)?),
        cover: Cover {
            active,
            checked_on,
            from,
            until,
            payer: word("payer", told.payer)?,
            member: word("member", told.member)?,
            text: text("text", told.text)?,
        },
    })
}

pub(super) fn request(request: &Request) -> Option<wit::Request> {
    let Ask::EnquireCover(ask) = &request.ask else { return None };
    let effect = wit::Effect::EnquireCover(wit::CoverEnquiry {
        account: ask.account.to_string(),
        debtor: to_party(&ask.debtor),
        appointment: ask.appointment.to_string(),
        on: to_date(ask.on),
        payer: ask.payer.clone(),
        member: ask.member.clone(),
        service: ask.service.clone(),
        notes: Vec::new(),
    });
    Some(wit::Request { key: request.key.to_string(), effect })
}
