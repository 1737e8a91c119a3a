//! Whether somebody may be contacted now at all, by which medium, and how often.

use jiff::civil::{Date, Weekday};

use super::{Guard, Scene, is_call};
use crate::account::{Account, EffectState};
use crate::invoice::plus_days;
use crate::policy::Channel;

/// Why nobody may be contacted now, whatever it is about.
pub fn of_contact(scene: Scene<'_>, is_call: bool) -> Option<Guard> {
    let budget = if is_call { call_budget(scene) } else { None };
    weekday(scene).or(budget).or_else(|| contact_gap(scene))
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

fn weekday(scene: Scene<'_>) -> Option<Guard> {
    let today = scene.now.today();
    let days = match today.weekday() {
        Weekday::Saturday => 2,
        Weekday::Sunday => 1,
        _ => 0,
    };
    let free = scene.policy.contact.weekdays_only && days > 0;
    free.then(|| Guard::new("weekday", "nobody is contacted at the weekend", Some(plus_days(today, days))))
}

/// Days of all contacts, those that are planned or handed on included.
fn contact_days<'a>(scene: Scene<'a>, calls_only: bool) -> impl Iterator<Item = Date> + 'a {
    let made = scene.account.contacts.iter().filter(move |contact| !calls_only || contact.medium == "call");
    let planned = scene.account.effects.values().filter(move |known| {
        let counts = if calls_only { is_call(&known.effect.action) } else { known.effect.action.is_contact() };
        counts && known.state == EffectState::Planned && scene.own != Some(&known.effect.key)
    });
    let unknown =
        scene.account.effects.values().filter(move |known| {
            known.state == EffectState::Unknown && known.effect.action.is_contact() && !calls_only
        });
    made.map(|contact| contact.on).chain(planned.chain(unknown).map(|known| known.effect.due_on))
}

fn contact_gap(scene: Scene<'_>) -> Option<Guard> {
    let last = contact_days(scene, false).max()?;
    let free = plus_days(last, i32::from(scene.policy.contact.gap_days));
    let text = format!("contacted on {last}; {} days lie between two contacts", scene.policy.contact.gap_days);
    (scene.now.today() < free).then(|| Guard::new("contact-gap", text, Some(free)))
}

fn call_budget(scene: Scene<'_>) -> Option<Guard> {
    let most = usize::from(scene.policy.contact.calls_per_week_max);
    let today = scene.now.today();
    let mut days: Vec<Date> = contact_days(scene, true).filter(|day| plus_days(*day, 7) > today).collect();
    days.sort_unstable();
    let full = days.len() >= most;
    let frees = days.len().checked_sub(most).and_then(|at| days.get(at)).map(|day| plus_days(*day, 7));
    full.then(|| Guard::new("call-budget", format!("{most} calls in seven days are the most"), frees))
}
