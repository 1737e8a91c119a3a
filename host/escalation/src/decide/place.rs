//! What has come to the end of its ladder goes to an agency: of several to the one of which most is expected.

use super::Work;
use super::ladder::Due;
use super::plan::{reached, silent, speaker};
use crate::commission::share_at;
use crate::effect::Action;
use crate::guard::{self, Guard};
use crate::invoice::days_between;
use crate::money::{Currency, Money};
use crate::placement::{PlacedItem, Placement, PlacementState, net_of_commission};
use crate::policy::{AgencyChoice, AgencyRules, limit};

/// It goes together, one placement for each currency. An item that still has a final demand before it, or a deadline in one,
/// is not the agency's business yet.
pub(super) fn place(work: &mut Work<'_>, group: Vec<Due<'_>>) {
    let mut currencies: Vec<Currency> = Vec::new();
    for one in &group {
        let currency = work.account.items.get(&one.invoice).map(|item| item.open.currency);
        if let Some(currency) = currency.filter(|currency| !currencies.contains(currency)) {
            currencies.push(currency);
        }
    }
    for currency in currencies {
        let of =
            |one: &Due<'_>| work.account.items.get(&one.invoice).is_some_and(|item| item.open.currency == currency);
        let ours: Vec<Due<'_>> = group.iter().filter(|one| of(one)).cloned().collect();
        place_one(work, ours, currency);
    }
}

fn place_one(work: &mut Work<'_>, group: Vec<Due<'_>>, currency: Currency) {
    let items: Vec<PlacedItem> = work
        .account
        .open_items()
        .into_iter()
        .filter(|item| group.iter().any(|one| one.invoice == item.invoice.number))
        .map(|item| PlacedItem { invoice: item.invoice.number.clone(), amount: item.open })
        .collect();
    let Some(oldest) = items.first().map(|item| item.invoice.clone()) else { return };
    let minor = items.iter().fold(0i64, |sum, item| sum.saturating_add(item.amount.minor));
    let total = Money { minor, currency };
    let days = group.iter().map(|one| days_between(one.due_on, work.today())).max().unwrap_or(0);
    let rules = &work.policy.agency;
    let before: Vec<Placement> = work
        .account
        .placements
        .iter()
        .filter(|old| old.state != PlacementState::Proposed && items.iter().any(|item| old.holds(&item.invoice)))
        .cloned()
        .collect();
    let chosen = match choose(work, rules, &before, days, total) {
        Ok(chosen) => chosen,
        Err(guard) => return silent(work, &group, &guard),
    };
    let been = before.iter().filter(|old| old.state != PlacementState::Rejected).count();
    let sequence = u32::try_from(been).unwrap_or(u32::MAX).saturating_add(1);
    let commission = match chosen {
        Some(agency) => share_at(&agency.commission, &agency.tiers, days, total),
        None => share_at(&rules.commission, &rules.tiers, days, total),
    };
    let action = Action::PlaceWithAgency {
        agency: chosen.map(|agency| agency.connection.clone()),
        sequence,
        items,
        total,
        commission: commission.to_owned(),
        terms: rules.into(),
    };
    if let Some(guard) = guard::unknown_outcome(&work.account, &action) {
        return silent(work, &group, &guard);
    }
    let approval = speaker(&group).map(|level| level.approval).unwrap_or_default();
    let key = work.fresh_key(&format!("place:{oldest}:{sequence}"));
    reached(work, &group);
    work.plans_if_approved(key, None, action, approval);
}

/// The agency of the largest expected net recovery, `total * expected * (1 - commission)`, of those that take such an account
/// and have not had any of it; of equals the one named first. None: there is only one agency.
fn choose<'a>(
    work: &mut Work<'_>,
    rules: &'a AgencyRules,
    before: &[Placement],
    days: i32,
    total: Money,
) -> Result<Option<&'a AgencyChoice>, Guard> {
    if rules.choices.is_empty() {
        return Ok(None);
    }
    let mut best: Option<(Money, &AgencyChoice)> = None;
    let mut said = Vec::new();
    for agency in &rules.choices {
        let name = &agency.connection;
        if let Some(why) = declines(work, agency, before, total) {
            said.push(format!("`{name}` {why}"));
            continue;
        }
        let (percent, commission) =
            (agency.expected_percent(days), share_at(&agency.commission, &agency.tiers, days, total));
        let net = net_of_commission(total, percent, commission).unwrap_or(Money::zero(total.currency));
        said.push(format!(
            "`{name}` is expected to bring {net} ({percent} % of {total}, less its share of {commission})"
        ));
        if best.is_none_or(|(most, _)| net.minor > most.minor) {
            best = Some((net, agency));
        }
    }
    let said = said.join("; ");
    match best {
        Some((_, agency)) => {
            work.says("agency-chosen", format!("`{}` gets {total}: {said}", agency.connection));
            Ok(Some(agency))
        }
        None => Err(Guard::new("no-agency", format!("no agency of the policy is left for {total}: {said}"), None)),
    }
}

/// Why an agency cannot have it.
fn declines(work: &Work<'_>, agency: &AgencyChoice, before: &[Placement], total: Money) -> Option<String> {
    let debtor = &work.account.debtor;
    let had = |old: &Placement| old.agency.as_ref() == Some(&agency.connection);
    if before.iter().any(had) {
        return Some("had it already".to_owned());
    }
    if !agency.countries.is_empty() && !agency.countries.contains(&debtor.country) {
        let country = if debtor.country.is_empty() { "a country that is not known" } else { &debtor.country };
        return Some(format!("takes no debtors in {country}"));
    }
    if !agency.debtor_kinds.is_empty() && !agency.debtor_kinds.contains(&debtor.kind) {
        return Some(format!("takes no debtors of kind {}", debtor.kind.as_str()));
    }
    let least = limit(&agency.total_min, total.currency).filter(|least| total.minor < least.minor)?;
    Some(format!("takes nothing under {least}"))
}
