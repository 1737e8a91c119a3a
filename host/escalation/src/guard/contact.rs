//! Whether somebody may be contacted now at all, by which medium, and how often.

use jiff::civil::Date;

use super::{Asked, Guard, Scene, law};
use crate::account::{Account, EffectState};
use crate::effect::Action;
use crate::invoice::plus_days;
use crate::mandate::LAW_FIRM_LETTER;
use crate::policy::{Channel, Day};

/// Why this must not reach the debtor now: by the law of his country, then by the policy.
pub fn of_contact(scene: Scene<'_>, action: &Action, asked: Asked) -> Option<Guard> {
    let medium = medium(action)?;
    let budget = || if medium == "call" { call_budget(scene) } else { None };
    let law = || law::of_law(scene, action, medium, asked);
    no_mandate(scene.account, action)
        .or_else(law)
        .or_else(|| weekday(scene))
        .or_else(budget)
        .or_else(|| contact_gap(scene))
}

/// A letter in a law firm's name, and no firm has a mandate.
fn no_mandate(account: &Account, action: &Action) -> Option<Guard> {
    let Action::SendNotice(notice) = action else { return None };
    let signed = notice.template == LAW_FIRM_LETTER && account.mandate.is_none();
    signed.then(|| {
        Guard::new("no-mandate", "no law firm has a mandate on record: a letter in its name would mislead", None)
    })
}

/// How an action reaches the debtor; none: it does not.
pub(super) fn medium(action: &Action) -> Option<&'static str> {
    match action {
        Action::SendNotice(notice) => Some(notice.channel.as_str()),
        Action::AskPrepayment { channel, .. } => Some(channel.as_str()),
        Action::QueueCall(_) => Some("call"),
        _ => None,
    }
}

/// The first of a level's channels that reaches the debtor.
pub fn channel(account: &Account, channels: &[Channel]) -> Result<Channel, Guard> {
    channels.iter().copied().find(|channel| reaches(account, channel.as_str())).ok_or_else(|| {
        let tried: Vec<&str> = channels.iter().map(|channel| channel.as_str()).collect();
        Guard::new("unreachable", format!("no way to reach the debtor by {}", tried.join(" or ")), None)
    })
}

/// Why the phone cannot be used; none: it can.
pub fn call_impossible(account: &Account) -> Option<String> {
    let has_phone = account.debtor.phone.as_deref().is_some_and(|phone| !phone.is_empty());
    if account.stopped.contains("call") {
        Some("the debtor asked not to be called".to_owned())
    } else if !has_phone {
        Some("no phone number is known".to_owned())
    } else if account.unreachable.contains("call") {
        Some("the phone number does not work".to_owned())
    } else {
        None
    }
}

/// What of the debtor's address book a medium needs.
fn reaches(account: &Account, medium: &str) -> bool {
    let debtor = &account.debtor;
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    let (known, family) = match medium {
        "email" => (given(&debtor.email), "email"),
        "sms" => (given(&debtor.phone), "sms"),
        _ => (!debtor.address.is_empty(), "letter"),
    };
    let barred = |medium: &str| account.stopped.contains(medium) || account.unreachable.contains(medium);
    known && !barred(medium) && !barred(family)
}

/// By the policy's calendar; the law's comes before it.
fn weekday(scene: Scene<'_>) -> Option<Guard> {
    let calendar = &scene.policy.calendar;
    if !scene.policy.contact.weekdays_only {
        return None;
    }
    let today = scene.now.today();
    let next = || calendar.next_working(today);
    match calendar.day(today) {
        Day::Working => None,
        Day::Weekend => Some(Guard::new("weekday", "nobody is contacted at the weekend", next())),
        Day::Holiday => Some(Guard::new("holiday", "nobody is contacted on a holiday", next())),
        Day::UnknownYear => {
            let text = format!("the policy's calendar lists no holidays of {}", today.year());
            Some(Guard::new("calendar", text, None))
        }
    }
}

/// Days of the contacts by some media, those that are planned or may have happened included.
pub(super) fn contact_days<'a>(
    scene: Scene<'a>,
    counts: impl Fn(&str) -> bool + Copy + 'a,
) -> impl Iterator<Item = Date> + 'a {
    let made = scene.account.contacts.iter().filter(move |contact| counts(&contact.medium)).map(|contact| contact.on);
    let under_way = scene.account.effects.values().filter(move |known| {
        let is_ours = scene.own == Some(&known.effect.key);
        let waits = matches!(known.state, EffectState::Planned | EffectState::Unknown);
        waits && !is_ours && medium(&known.effect.action).is_some_and(counts)
    });
    made.chain(under_way.map(|known| known.effect.due_on))
}

fn contact_gap(scene: Scene<'_>) -> Option<Guard> {
    let last = contact_days(scene, |_| true).max()?;
    let free = plus_days(last, i32::from(scene.policy.contact.gap_days));
    let text = format!("contacted on {last}; {} days lie between two contacts", scene.policy.contact.gap_days);
    (scene.now.today() < free).then(|| Guard::new("contact-gap", text, Some(free)))
}

/// A letter that the debtor cannot have read yet.
pub(super) fn mail_in_transit(scene: Scene<'_>) -> Option<Guard> {
    let days = i32::from(scene.policy.contact.mail_days);
    let posted = scene.account.contacts.iter().rev().find(|contact| contact.is_in_the_post())?;
    let there = plus_days(posted.on, days);
    let text = format!("the letter of {} is in the post until {there}", posted.on);
    (scene.now.today() < there).then(|| Guard::new("mail-in-transit", text, Some(there)))
}

fn call_budget(scene: Scene<'_>) -> Option<Guard> {
    let most = usize::from(scene.policy.contact.calls_per_week_max);
    let today = scene.now.today();
    let mut days: Vec<Date> =
        contact_days(scene, |medium| medium == "call").filter(|day| plus_days(*day, 7) > today).collect();
    days.sort_unstable();
    let full = days.len() >= most;
    let frees = days.len().checked_sub(most).and_then(|at| days.get(at)).map(|day| plus_days(*day, 7));
    full.then(|| Guard::new("call-budget", format!("{most} calls in seven days are the most"), frees))
}
