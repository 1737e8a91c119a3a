//! Which invoices does it pay? Asked of an account's own payments, whenever the account is decided.

use std::collections::BTreeMap;

use super::identify::texts;
use super::text::{named, normalise};
use super::{Allocation, Evidence, Payment, PostedPayment, Target};
use crate::account::Account;
use crate::event::Fact;
use crate::id::{EffectKey, InvoiceNumber};
use crate::invoice::OpenItem;
use crate::money::Money;

/// Spreads what is unapplied, oldest payment first. What cannot be told stays unapplied.
pub fn apply(account: &Account) -> Vec<Fact> {
    let mut payments: Vec<&PostedPayment> =
        account.payments.values().filter(|posted| posted.unapplied.is_positive()).collect();
    if payments.is_empty() {
        return Vec::new();
    }
    payments.sort_by_key(|posted| (posted.payment.booked_on, &posted.payment.id));
    let mut open: BTreeMap<InvoiceNumber, Money> =
        account.items.values().map(|item| (item.invoice.number.clone(), item.open)).collect();
    let mut facts = Vec::new();
    for posted in payments {
        let allocations = spread(account, posted, &mut open);
        if !allocations.is_empty() {
            facts.push(Fact::CashApplied { payment: posted.payment.id.clone(), allocations });
        }
    }
    facts
}

/// The invoices that a payment names, settled ones too.
pub fn named_invoices(account: &Account, payment: &Payment) -> Vec<InvoiceNumber> {
    meant(account, payment).into_iter().map(|(number, _)| number).collect()
}

fn spread(account: &Account, posted: &PostedPayment, open: &mut BTreeMap<InvoiceNumber, Money>) -> Vec<Allocation> {
    let payment = &posted.payment;
    if let Some(placement) = remittance_of(account, payment) {
        let (to, amount) = (Target::AgencyRemittance(placement), posted.unapplied);
        return vec![Allocation { to, amount, by: Evidence::StructuredReference }];
    }
    let mut meant = meant(account, payment);
    if meant.is_empty() && posted.allocations.is_empty() && known_payer(account, payment) {
        meant = by_amount(account, payment, open);
    }
    if posted.kept {
        let items = account.open_items().into_iter().filter(|item| item.open.currency == payment.amount.currency);
        meant = items.map(|item| (item.invoice.number.clone(), Evidence::KeptRest)).collect();
    }
    let mut left = posted.unapplied;
    let mut allocations = Vec::new();
    for (number, by) in meant {
        let Some(item_open) = open.get_mut(&number) else { continue };
        let amount = left.at_most(*item_open);
        if amount.is_positive() {
            item_open.minor -= amount.minor;
            left.minor -= amount.minor;
            allocations.push(Allocation { to: Target::Invoice(number), amount, by });
        }
    }
    allocations
}

/// The invoices that the payment names, in the order named; settled ones too, so that a payment that came twice is not
/// guessed onto something else.
fn meant(account: &Account, payment: &Payment) -> Vec<(InvoiceNumber, Evidence)> {
    let by_quote = |quote: &String, by| {
        let quote = normalise(quote);
        let item = account.items.values().find(move |item| names(item).any(|name| name == quote));
        item.map(|item| (item.invoice.number.clone(), by))
    };
    let structured: Vec<_> =
        payment.references.iter().filter_map(|quote| by_quote(quote, Evidence::StructuredReference)).collect();
    if !structured.is_empty() {
        return structured;
    }
    let end_to_end: Vec<_> =
        payment.end_to_end_id.iter().filter_map(|quote| by_quote(quote, Evidence::EndToEndId)).collect();
    if !end_to_end.is_empty() {
        return end_to_end;
    }
    let mut by_name: BTreeMap<String, &InvoiceNumber> = BTreeMap::new();
    for item in account.items.values() {
        names(item).for_each(|name| {
            by_name.entry(name).or_insert(&item.invoice.number);
        });
    }
    let wanted: Vec<&str> = by_name.keys().map(String::as_str).collect();
    let mut found: Vec<(InvoiceNumber, Evidence)> = Vec::new();
    for name in texts(payment).flat_map(|text| named(text, &wanted)) {
        if let Some(number) = by_name.get(name)
            && found.iter().all(|(known, _)| known != *number)
        {
            found.push(((*number).clone(), Evidence::InvoiceNumber));
        }
    }
    found
}

fn names(item: &OpenItem) -> impl Iterator<Item = String> {
    let number = [normalise(item.invoice.number.as_str())];
    let references = item.invoice.payment_references.iter().map(|reference| normalise(reference));
    number.into_iter().chain(references).filter(|name| !name.is_empty())
}

/// The one item, or all that was overdue, or all that was open, if that is exactly the amount.
fn by_amount(
    account: &Account,
    payment: &Payment,
    open: &BTreeMap<InvoiceNumber, Money>,
) -> Vec<(InvoiceNumber, Evidence)> {
    let items = account.open_items();
    let left = |item: &OpenItem| open.get(&item.invoice.number).copied().filter(|open| open.is_positive());
    let of_currency: Vec<(&OpenItem, Money)> = items
        .into_iter()
        .filter_map(|item| Some((item, left(item)?)))
        .filter(|(_, open)| open.currency == payment.amount.currency)
        .collect();
    let total =
        |group: &[&(&OpenItem, Money)]| group.iter().fold(0i64, |sum, (_, open)| sum.saturating_add(open.minor));

    let exact: Vec<_> = of_currency.iter().filter(|(_, open)| *open == payment.amount).collect();
    let overdue: Vec<_> = of_currency.iter().filter(|(item, _)| item.invoice.due_on < payment.booked_on).collect();
    let all: Vec<_> = of_currency.iter().collect();
    let group = if exact.len() == 1 {
        exact
    } else if total(&overdue) == payment.amount.minor {
        overdue
    } else if total(&all) == payment.amount.minor {
        all
    } else {
        Vec::new()
    };
    group.into_iter().map(|(item, _)| (item.invoice.number.clone(), Evidence::AmountAndPayer)).collect()
}

/// The payer is the debtor by name, or paid from this bank account before.
fn known_payer(account: &Account, payment: &Payment) -> bool {
    let name = payment.payer_name.as_deref().map(normalise).filter(|name| !name.is_empty());
    if name.is_some_and(|name| name == normalise(&account.debtor.name)) {
        return true;
    }
    let from = payment.payer_account.as_deref().map(normalise).filter(|from| !from.is_empty());
    account.payments.values().any(|posted| {
        let for_an_invoice = posted.allocations.iter().any(|allocation| matches!(allocation.to, Target::Invoice(_)));
        for_an_invoice && from.is_some() && posted.payment.payer_account.as_deref().map(normalise) == from
    })
}

/// The placement whose key or remittance reference the payment quotes.
fn remittance_of(account: &Account, payment: &Payment) -> Option<EffectKey> {
    account.placements.iter().find_map(|placement| {
        let references = placement.collections.iter().map(|one| normalise(&one.remittance_reference));
        let quoted: Vec<String> = references.chain([normalise(placement.key.as_str())]).collect();
        let wanted: Vec<&str> = quoted.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        let end_to_end = payment.end_to_end_id.iter().any(|id| wanted.contains(&normalise(id).as_str()));
        let whole = payment.references.iter().any(|reference| wanted.contains(&normalise(reference).as_str()));
        let named = whole || end_to_end || texts(payment).any(|text| !named(text, &wanted).is_empty());
        named.then(|| placement.key.clone())
    })
}
