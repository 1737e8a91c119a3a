//! Appointments and orders before their day: is somebody else's cover in force, and is what has to be paid before there?

use jiff::civil::Date;

use super::Work;
use crate::effect::Action;
use crate::engagement::{Engagement, Insured, Waiting};
use crate::event::Fact;
use crate::guard::{self, Asked, Guard};
use crate::id::{EffectKey, EngagementId};
use crate::invoice::plus_days;
use crate::money::Money;
use crate::upfront;

pub(super) fn prepare(work: &mut Work<'_>) {
    if work.account.upfront.waiting.is_empty() {
        return;
    }
    let today = work.today();
    let waiting: Vec<Waiting> = work.account.upfront.waiting.values().cloned().collect();
    for one in waiting.iter().filter(|one| one.engagement.on >= today) {
        if let Some(insured) = &one.engagement.insured {
            enquire(work, &one.engagement, insured);
            hold_against(work, one);
        }
    }
    prepayments(work);
}

/// The payer is asked on each of the policy's days before the appointment. A day that was missed is caught up by the next.
fn enquire(work: &mut Work<'_>, engagement: &Engagement, insured: &Insured) {
    let today = work.today();
    let day = |before: u16| plus_days(engagement.on, -i32::from(before));
    let mut days = work.policy.coverage.days_before.clone();
    days.sort_unstable_by(|a, b| b.cmp(a));
    if let Some(next) = days.iter().map(|before| day(*before)).find(|day| *day > today) {
        work.wakes(next);
    }
    let Some(before) = days.into_iter().filter(|before| day(*before) <= today).min() else { return };
    let key = EffectKey::new(format!("cover:{}:{}:{before}", engagement.id, engagement.on));
    if work.account.spent.contains(&key) {
        return;
    }
    let action = Action::EnquireCover {
        engagement: engagement.id.clone(),
        on: engagement.on,
        payer: insured.payer.clone(),
        member: insured.member.clone(),
        service: insured.service.clone(),
    };
    if let Some(guard) = guard::unknown_outcome(&work.account, &action) {
        work.says(&guard.code, guard.text);
        return;
    }
    let text = format!("`{}` on {}: is the cover of {} in force?", engagement.id, engagement.on, insured.payer);
    work.says("cover-enquired", text);
    work.plans(key, Some(engagement.on), action);
}

/// What the payer said last, against the day of the appointment.
fn hold_against(work: &mut Work<'_>, one: &Waiting) {
    let (id, on) = (&one.engagement.id, one.engagement.on);
    let Some(cover) = &one.cover else {
        work.says("cover-unknown", format!("`{id}` on {on}: nothing is known of the cover yet"));
        return;
    };
    let Some(because) = cover.gap(on) else {
        work.says("covered", format!("`{id}` on {on}: the cover is in force, as of {}", cover.checked_on));
        return;
    };
    let text = format!("`{id}` on {on} is not covered: {because}");
    work.says("cover-lapsed", text.clone());
    if one.lapsed {
        return;
    }
    work.happens(Fact::CoverLapsed { engagement: id.clone(), because });
    let key = format!("alert:cover:{id}:{on}:{}", cover.checked_on);
    let subject = format!("no cover for {} on {on}", work.name());
    work.alerts(&key, &work.policy.coverage.tell, subject, text);
}

/// An engagement whose money is not there, in values of its own.
struct Lacking {
    id: EngagementId,
    on: Date,
    lacking: Money,
    until: Date,
}

fn prepayments(work: &mut Work<'_>) {
    let today = work.today();
    let open = upfront::prepayments(&work.account, work.policy, today).into_iter();
    let open = open.filter(|one| one.lacking.is_positive()).map(|one| Lacking {
        id: one.engagement.id.clone(),
        on: one.engagement.on,
        lacking: one.lacking,
        until: one.until,
    });
    for one in open.collect::<Vec<_>>() {
        prepayment(work, &one);
    }
    if work.policy.prepayment.new_customers_only
        && let Some(last) = upfront::new_until(&work.account, work.policy)
    {
        work.wakes(plus_days(last, 1));
    }
}

fn prepayment(work: &mut Work<'_>, one: &Lacking) {
    let today = work.today();
    let text = format!("`{}` on {}: {} has to be paid by {}", one.id, one.on, one.lacking, one.until);
    work.says("prepayment-open", text.clone()).until = Some(one.until);
    if today > one.until {
        let subject = format!("{} has not paid before {}", work.name(), one.on);
        work.alerts(&format!("alert:prepayment:{}:{}", one.id, one.on), &work.policy.prepayment.tell, subject, text);
    } else {
        work.wakes(plus_days(one.until, 1));
    }
    let ask_on = plus_days(one.on, -i32::from(work.policy.prepayment.ask_days_before));
    if today < ask_on {
        return work.wakes(ask_on);
    }
    let asked = work.account.upfront.waiting.get(&one.id).and_then(|known| known.asked);
    let about = |action: &Action| matches!(action, Action::AskPrepayment { engagement, .. } if engagement == &one.id);
    let under_way = work.account.effects.values().any(|known| about(&known.effect.action));
    if asked.is_some() || under_way {
        return;
    }
    let channel = match guard::channel(&work.account, &work.policy.prepayment.channels) {
        Ok(channel) => channel,
        Err(guard) => return waits(work, &one.id, guard),
    };
    // Booked at short notice: as soon as possible, at the latest on the day itself.
    let until = one.until.max(today).min(one.on);
    let action = Action::AskPrepayment { engagement: one.id.clone(), channel, amount: one.lacking, until };
    let contact = || guard::of_contact(work.scene(), &action, Asked::Planning);
    if let Some(guard) = guard::of_prepayment(work.scene()).or_else(contact) {
        return waits(work, &one.id, guard);
    }
    let key = work.fresh_key(&format!("prepayment:{}:{}", one.id, one.on));
    work.plans(key, Some(until), action);
}

fn waits(work: &mut Work<'_>, id: &EngagementId, guard: Guard) {
    if let Some(until) = guard.until {
        work.wakes(until);
    }
    work.says(&guard.code, format!("`{id}`: {}", guard.text)).until = guard.until;
}
