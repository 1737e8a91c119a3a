//! An account as the desk lists it and as cash application finds it.

use escalation::account::sum;
use escalation::cash::normalise;
use escalation::invoice::OpenItem;
use escalation::plan::PaymentPlan;
use escalation::settlement::SettlementState;
use escalation::upfront::prepayments;
use escalation::write_off::WriteOffState;
use escalation::{Account, Action, Currency, Date, Policy};
use store::AccountRow;
use store::view::ItemRow;

use crate::limits;

pub fn row(account: &Account, policy: &Policy, today: Date) -> AccountRow {
    let items: Vec<ItemRow> = account.items.values().map(item_row).collect();
    let currency = main_currency(account);
    let of_currency = |amounts: Vec<escalation::Money>| {
        amounts.iter().find(|amount| amount.currency == currency).map(|amount| amount.minor).unwrap_or(0)
    };
    let (level_rank, level) = account
        .items
        .values()
        .filter(|item| item.is_open())
        .filter_map(|item| item.level())
        .map(|level| (rank(policy, account, level.as_str()), level.as_str().to_owned()))
        .max()
        .map_or((0, None), |(rank, level)| (rank, Some(level)));
    AccountRow {
        account: account.id.clone(),
        name: account.debtor.name.clone(),
        country: account.debtor.country.clone(),
        currency,
        open_minor: of_currency(account.open()),
        unapplied_minor: of_currency(account.unapplied()),
        oldest_due_on: account.open_items().first().map(|item| item.invoice.due_on),
        level,
        level_rank,
        flags: flags(account, policy, today),
        payer_accounts: payer_accounts(account),
        items,
        references: references(account),
    }
}

fn rank(policy: &Policy, account: &Account, level: &str) -> u32 {
    policy.levels_of(account).iter().position(|known| known.id.as_str() == level).map_or(0, |place| place as u32 + 1)
}

fn item_row(item: &OpenItem) -> ItemRow {
    let invoice = &item.invoice;
    let mut references: Vec<String> = std::iter::once(invoice.number.as_str())
        .chain(invoice.payment_references.iter().map(String::as_str))
        .map(normalise)
        .filter(|reference| !reference.is_empty())
        .collect();
    references.sort();
    references.dedup();
    ItemRow {
        invoice: invoice.number.clone(),
        issued_on: invoice.issued_on,
        due_on: invoice.due_on,
        total: invoice.total,
        open: item.open,
        level: item.level().map(|level| level.as_str().to_owned()),
        source: item.source.clone(),
        references,
    }
}

fn main_currency(account: &Account) -> Currency {
    let largest = account.open().into_iter().max_by_key(|amount| amount.minor).map(|amount| amount.currency);
    let newest = || {
        let newest = account.items.values().max_by_key(|item| (item.invoice.issued_on, &item.invoice.number));
        newest.map(|item| item.invoice.total.currency)
    };
    let unapplied =
        || sum(account.payments.values().map(|posted| posted.unapplied)).first().map(|amount| amount.currency);
    largest.or_else(newest).or_else(unapplied).unwrap_or(Currency::EUR)
}

/// By this flag the accounts of one person in charge are found, however the name was typed.
pub fn collector_flag(who: &str) -> String {
    format!("collector:{}", who.trim().to_lowercase())
}

fn flags(account: &Account, policy: &Policy, today: Date) -> Vec<String> {
    let blocked = account.blocked.as_ref().is_some_and(|block| block.until.is_none_or(|until| until >= today));
    let missing = account.items.values().any(|item| item.is_open() && item.missing_since.is_some());
    let proposed = account.write_offs.iter().any(|one| one.state == WriteOffState::Proposed);
    let asked = account.awaited_levels().next().is_some();
    let to_approve = asked || proposed || account.settlements.iter().any(|one| one.state == SettlementState::Offered);
    [
        ("promise", account.running_promises().next().is_some()),
        ("dispute", account.open_disputes().next().is_some()),
        ("hold", account.hold.is_some()),
        ("placed", account.live_placement().is_some()),
        ("blocked", blocked),
        ("stopped", !account.stopped.is_empty()),
        ("plan", account.plans.iter().any(PaymentPlan::is_running)),
        ("cash-in-advance", account.cash_in_advance.is_some()),
        ("to-approve", to_approve),
        ("missing-at-source", missing),
        ("stray-reversal", !account.stray_reversals.is_empty()),
        ("credit-open", account.upfront.applications.values().any(|file| file.is_open())),
        ("prepayment-open", prepayments(account, policy, today).iter().any(|one| one.lacking.is_positive())),
        ("cover-lapsed", account.upfront.waiting.values().any(|one| one.lapsed && one.engagement.on >= today)),
        ("terms-proposed", account.upfront.proposed.is_some()),
        ("task", !account.tasks.is_empty()),
        ("call", account.effects.values().any(|known| matches!(known.effect.action, Action::QueueCall(_)))),
    ]
    .into_iter()
    .filter(|(_, applies)| *applies)
    .map(|(flag, _)| flag.to_owned())
    .chain(policy.collector_of(account).map(collector_flag))
    .collect()
}

fn payer_accounts(account: &Account) -> Vec<String> {
    let mut known: Vec<String> =
        account.payments.values().filter_map(|posted| posted.payment.payer_account.clone()).collect();
    known.sort();
    known.dedup();
    known
}

/// References that lead to the account and to none of its items: placements, remittances, what waits to be paid before its day, and the bank's own references of
/// recent payments, by which a reversal finds its way.
fn references(account: &Account) -> Vec<String> {
    let mut references = Vec::new();
    for placement in &account.placements {
        references.push(normalise(placement.key.as_str()));
        references.push(normalise(&placement.agency_reference));
        references.extend(placement.collections.iter().map(|collection| normalise(&collection.remittance_reference)));
    }
    references.extend(account.upfront.waiting.keys().map(|engagement| normalise(engagement.as_str())));
    let mut recent: Vec<_> = account.payments.values().map(|posted| &posted.payment).collect();
    recent.sort_by(|a, b| (b.booked_on, &b.id).cmp(&(a.booked_on, &a.id)));
    for payment in recent.into_iter().take(limits::PAYMENTS_INDEXED_MAX) {
        references.extend(payment.end_to_end_id.as_deref().map(normalise));
        references.extend(payment.bank_reference.as_deref().map(normalise));
    }
    references.retain(|reference| !reference.is_empty());
    references.sort();
    references.dedup();
    references
}
