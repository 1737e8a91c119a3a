//! What the law of the debtor's country says about reaching him now: how early, how often, on which days, at which hours.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::contact::contact_days;
use super::{Asked, Guard, Scene};
use crate::effect::Action;
use crate::invoice::plus_days;
use crate::pack::{ActorRole, ContactChannel, ContactRule, Pack, Window};

/// Compiled in: what an hour is somewhere must not depend on the files of a machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// What time it is there can be told.
pub(crate) fn is_zone(name: &str) -> bool {
    ZONES.get(name).is_ok()
}

/// Days within which a window opens again, or never.
const DAYS_LOOKED_AHEAD: i32 = 3;
/// Days within which there is a working day, or the calendar is wrong.
const DAYS_FREE_MAX: i32 = 21;

/// Every rule that covers the contact has to be kept; the first that is not speaks. Who is of no known kind is treated with the care
/// owed to all kinds.
pub(super) fn of_law(scene: Scene<'_>, action: &Action, medium: &str, asked: Asked) -> Option<Guard> {
    let debtor = &scene.account.debtor;
    let pack = match pack_of(scene) {
        Ok(pack) => pack,
        Err(guard) => return Some(guard),
    };
    let (channel, today) = (channel(medium), scene.now.today());
    let rules = debtor
        .kind
        .possible()
        .iter()
        .flat_map(|kind| pack.contact_for(*kind, ActorRole::FirstPartyCreditor, channel, today));
    let asks = Asks { scene, pack, action, asked };
    rules.filter_map(|rule| asks.refused(rule)).max_by_key(|guard| guard.until.unwrap_or(Date::MAX))
}

/// The law of the debtor's country.
pub(crate) fn pack_of(scene: Scene<'_>) -> Result<&Pack, Guard> {
    let country = &scene.account.debtor.country;
    if country.is_empty() {
        let text = "the debtor's country is not known, and so not which law says how he may be treated";
        return Err(Guard::new("unknown-country", text, None));
    }
    scene.packs.of(country).map_err(|none| Guard::new("no-pack", none.to_string(), None))
}

/// As the law tells ways to reach somebody apart.
fn channel(medium: &str) -> ContactChannel {
    match medium {
        "call" => ContactChannel::CallLive,
        "email" => ContactChannel::Email,
        "sms" => ContactChannel::Sms,
        _ => ContactChannel::Letter,
    }
}

/// One contact, asked about.
struct Asks<'a> {
    scene: Scene<'a>,
    pack: &'a Pack,
    action: &'a Action,
    asked: Asked,
}

impl Asks<'_> {
    fn refused(&self, rule: &ContactRule) -> Option<Guard> {
        self.too_early(rule)
            .or_else(|| self.too_often(rule))
            .or_else(|| self.after_conversation(rule))
            .or_else(|| self.too_soon(rule))
            .or_else(|| self.day_or_hour(rule))
    }

    /// Its youngest invoice has to be overdue for long enough.
    fn too_early(&self, rule: &ContactRule) -> Option<Guard> {
        let least = i32::from(rule.overdue_days_min?);
        let items = self.action.invoices().into_iter().filter_map(|number| self.scene.account.items.get(number));
        let free = items.map(|item| plus_days(item.invoice.due_on, least)).max()?;
        (self.scene.now.today() < free).then(|| told("too-early", rule, Some(free)))
    }

    fn too_often(&self, rule: &ContactRule) -> Option<Guard> {
        let budget = rule.at_most?;
        let (most, within) = (usize::from(budget.contacts), i32::from(budget.days));
        let mut days: Vec<Date> =
            self.days(rule).filter(|day| plus_days(*day, within) > self.scene.now.today()).collect();
        days.sort_unstable();
        let over = days.len().checked_sub(most)?;
        let free = days.get(over).map(|day| plus_days(*day, within));
        Some(told("contact-budget", rule, free))
    }

    /// The day of the conversation is the first of the quiet days.
    fn after_conversation(&self, rule: &ContactRule) -> Option<Guard> {
        let quiet = i32::from(rule.quiet_days_after_conversation?);
        let talks = self.scene.account.contacts.iter().filter(|contact| contact.conversation);
        let last = talks.map(|contact| contact.on).max()?;
        let free = plus_days(last, quiet);
        (self.scene.now.today() < free).then(|| told("after-conversation", rule, Some(free)))
    }

    fn too_soon(&self, rule: &ContactRule) -> Option<Guard> {
        let free = plus_days(self.days(rule).max()?, i32::from(rule.gap_days?));
        (self.scene.now.today() < free).then(|| told("contact-gap", rule, Some(free)))
    }

    /// Days of the contacts that the rule counts.
    fn days<'r>(&'r self, rule: &'r ContactRule) -> impl Iterator<Item = Date> + 'r {
        contact_days(self.scene, |medium| rule.channels.is_empty() || rule.channels.contains(&channel(medium)))
    }

    fn day_or_hour(&self, rule: &ContactRule) -> Option<Guard> {
        if rule.hours.is_none() && !rule.working_days_only {
            return None;
        }
        let zones = match self.zones() {
            Ok(zones) => zones,
            Err(guard) => return Some(guard),
        };
        let moment = self.scene.now.instant()?;
        let day = || zones.iter().find_map(|zone| self.free_day(rule, zone.to_datetime(moment).date()));
        let hour = || {
            rule.hours
                .filter(|_| self.asked == Asked::AtTheDoor)
                .and_then(|window| self.outside(rule, window, &zones, moment))
        };
        day().or_else(hour)
    }

    /// Where the debtor is, or may be.
    fn zones(&self) -> Result<Vec<TimeZone>, Guard> {
        let debtor = &self.scene.account.debtor;
        let names: Vec<&String> = match (&debtor.zone, &self.pack.zones) {
            (Some(zone), _) => vec![zone],
            (None, Some(zones)) => zones.names.iter().collect(),
            (None, None) => Vec::new(),
        };
        let found: Vec<TimeZone> = names.iter().filter_map(|name| ZONES.get(name).ok()).collect();
        if found.is_empty() || found.len() < names.len() {
            let text = "it is not known what time it is where the debtor is";
            return Err(Guard::new("unknown-zone", text, None));
        }
        Ok(found)
    }

    fn free_day(&self, rule: &ContactRule, day: Date) -> Option<Guard> {
        if !rule.working_days_only {
            return None;
        }
        let works = |day| match &self.pack.calendar {
            Some(calendar) => calendar.working_day(day, None).map_err(|unknown| unknown.to_string()),
            None => Err(format!("the pack of `{}` has no calendar", self.pack.country)),
        };
        match works(day) {
            Ok(true) => None,
            Ok(false) => {
                let later = (1..DAYS_FREE_MAX).map(|days| plus_days(day, days));
                let next = later.into_iter().find(|later| works(*later) == Ok(true));
                Some(told("holiday", rule, next))
            }
            Err(unknown) => Some(Guard::new("no-calendar", unknown, None)),
        }
    }

    /// The hours have to be right in every zone at once.
    fn outside(&self, rule: &ContactRule, window: Window, zones: &[TimeZone], moment: Timestamp) -> Option<Guard> {
        let open = |moment: Timestamp| zones.iter().all(|zone| window.holds(zone.to_datetime(moment).time()));
        if open(moment) {
            return None;
        }
        let opens = |zone: &TimeZone, days: i32| {
            let day = plus_days(zone.to_datetime(moment).date(), days);
            zone.to_zoned(day.to_datetime(window.from)).ok().map(|zoned| zoned.timestamp())
        };
        let mut openings: Vec<Timestamp> =
            zones.iter().flat_map(|zone| (0..DAYS_LOOKED_AHEAD).filter_map(move |days| opens(zone, days))).collect();
        openings.sort_unstable();
        let next = openings.into_iter().find(|at| *at > moment && open(*at));
        let next: Option<DateTime> = next.and_then(|at| self.scene.now.in_hub_time(at));
        let mut guard = told("quiet-hours", rule, next.map(|next| next.date()));
        guard.hour = next.map(DateTime::time).map(whole_minute);
        Some(guard)
    }
}

/// Up to the next one: what is asked a moment too early is asked in vain.
fn whole_minute(time: Time) -> Time {
    if time.second() == 0 && time.subsec_nanosecond() == 0 {
        return time;
    }
    Time::new(time.hour(), time.minute(), 0, 0)
        .map_or(time, |minute| minute.saturating_add(jiff::SignedDuration::from_mins(1)))
}

/// With the rule's own sentence, and where it stands.
fn told(code: &str, rule: &ContactRule, until: Option<Date>) -> Guard {
    Guard::new(code, format!("{} ({})", rule.title, rule.source), until)
}
