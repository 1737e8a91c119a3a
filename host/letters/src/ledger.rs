//! What the ledger says about an account, as the facts of a letter: the amounts are the account's, nothing is added up anew.

use escalation::account::Account;
use escalation::cash::Target;
use escalation::charge::{Bearing, ChargeKind as Claimed, Standing, standing};
use escalation::invoice::OpenItem;
use escalation::{Date, InvoiceNumber, Money};

use crate::facts::{
    Charge, ChargeKind, Contact, Creditor, Facts, Item, Mandate, Movement, MovementKind, Percent, Terms,
};
use crate::reference::Reference;

impl Facts {
    /// The facts of a letter about the invoices named, as far as they are still open: what was paid meanwhile is not asked for.
    /// What lateness was claimed to cost stands with them; with something overdue, also what earlier invoices left of it.
    /// Plan and mandate are for the caller to add.
    pub fn of(account: &Account, invoices: &[InvoiceNumber], creditor: &Creditor, today: Date) -> Self {
        let open: Vec<&OpenItem> =
            account.open_items().into_iter().filter(|item| invoices.contains(&item.invoice.number)).collect();
        Self {
            creditor: creditor.clone(),
            debtor: account.debtor.clone(),
            account: account.id.as_str().to_owned(),
            today,
            deadline: None,
            reference: reference(&open),
            charges: charges(account, &open, today),
            items: open.into_iter().map(|item| of_item(item, today)).collect(),
            mandate: None,
            terms: account
                .upfront
                .terms_on(today)
                .map(|terms| Terms { agreed_on: terms.agreed_on, net_days: terms.net_days }),
            plan: Vec::new(),
            movements: movements(account, today),
            history: account
                .contacts
                .iter()
                .map(|contact| Contact {
                    on: contact.on,
                    medium: contact.medium.clone(),
                    level: level(contact.key.as_str(), &contact.medium),
                })
                .collect(),
        }
    }

    /// The same for a letter of the law firm that has a mandate for the account; none is on record: it cannot be written.
    pub fn under_mandate(self, account: &Account) -> Self {
        let mandate = account.mandate.as_ref().map(|known| Mandate {
            firm: known.firm.clone(),
            file: known.file.clone(),
            given_on: known.given_on,
        });
        Self { mandate, ..self }
    }

    /// The facts of a letter about everything that is open.
    pub fn of_all(account: &Account, creditor: &Creditor, today: Date) -> Self {
        let all: Vec<InvoiceNumber> = account.items.keys().cloned().collect();
        Self::of(account, &all, creditor, today)
    }
}

fn of_item(item: &OpenItem, today: Date) -> Item {
    Item {
        invoice: item.invoice.number.clone(),
        issued_on: item.invoice.issued_on,
        due_on: item.invoice.due_on,
        original: item.invoice.total,
        open: item.open,
        days_past_due: item.days_past_due(today),
    }
}

/// The lines that stand, less what was paid for them; interest part by part.
fn charges(account: &Account, open: &[&OpenItem], today: Date) -> Vec<Charge> {
    let late = open.iter().any(|item| item.days_past_due(today) > 0);
    let left_over = |number: &InvoiceNumber| late && account.items.get(number).is_some_and(|item| !item.is_open());
    let ours = |number: &InvoiceNumber| open.iter().any(|item| &item.invoice.number == number) || left_over(number);
    let stands = standing(account).into_iter().filter(|one| ours(&one.charge.invoice));
    stands.flat_map(lines).filter(|line| line.amount.is_positive()).collect()
}

fn lines(one: Standing<'_>) -> Vec<Charge> {
    let line = |what, amount| Charge { what, amount, law: one.charge.source.clone() };
    match one.charge.kind {
        Claimed::Fee => vec![line(ChargeKind::Fee { name: None }, one.open())],
        Claimed::Compensation => vec![line(ChargeKind::Compensation, one.open())],
        Claimed::Interest => {
            let mut paid = one.paid;
            let part = |bearing: &Bearing| {
                let taken = paid.min(bearing.amount.minor);
                paid -= taken;
                let Bearing { principal, from, to, .. } = *bearing;
                let rate = Percent(bearing.rate.thousandths());
                let amount = Money { minor: bearing.amount.minor - taken, ..bearing.amount };
                line(ChargeKind::Interest { principal, rate, from, to }, amount)
            };
            one.charge.bears.iter().map(part).collect()
        }
    }
}

/// What the payer shall quote: the reference of a single invoice, else the numbers.
fn reference(open: &[&OpenItem]) -> Reference {
    if let [only] = open {
        let own = only.invoice.payment_references.first().map(String::as_str);
        return Reference::read(own.unwrap_or(only.invoice.number.as_str()));
    }
    Reference::Plain(open.iter().map(|item| item.invoice.number.as_str()).collect::<Vec<_>>().join(", "))
}

/// Everything that moved the account, oldest first. Their sum is what is open less what no invoice took.
///
/// Invoices, credits and payments have their days. What an item's record holds beyond them (collected by an agency, adjusted by
/// the accounting package, paid before the invoice came to us) has none, and stands with its invoice; credit that no invoice
/// took stands at the end.
fn movements(account: &Account, today: Date) -> Vec<Movement> {
    let mut lines = Vec::new();
    for (currency, minor) in account.credit.iter().filter(|(_, minor)| **minor != 0) {
        let amount = Money { minor: minor.saturating_neg(), currency: *currency };
        lines.push(Movement { on: today, what: MovementKind::Credit, amount });
    }
    for item in account.items.values() {
        let on = item.invoice.issued_on;
        let currency = item.invoice.total.currency;
        let mut add = |what: MovementKind, minor: i64| {
            if minor != 0 {
                lines.push(Movement { on, what, amount: Money { minor, currency } });
            }
        };
        add(MovementKind::Invoice(item.invoice.number.clone()), item.invoice.total.minor);
        add(MovementKind::Credit, item.credited.minor.saturating_neg());
        // `open` is the record; whatever neither invoice, credit nor our own cash explains is an adjustment.
        let explained = item.invoice.total.minor.saturating_sub(item.credited.minor).saturating_sub(item.paid.minor);
        add(MovementKind::Other, item.open.minor.saturating_sub(explained));
    }
    for posted in account.payments.values() {
        let applied = posted.allocations.iter().filter(|part| matches!(part.to, Target::Invoice(_)));
        let applied = applied.fold(0_i64, |sum, part| sum.saturating_add(part.amount.minor));
        let minor = applied.saturating_add(posted.unapplied.minor).saturating_neg();
        if minor != 0 {
            let amount = Money { minor, currency: posted.payment.amount.currency };
            lines.push(Movement { on: posted.payment.booked_on, what: MovementKind::Payment, amount });
        }
    }
    lines.sort_by_key(|line| line.on);
    lines
}

/// The level in a business key such as `notice:final-demand:INV-123:cycle-1`. What is not a notice or a queued call was done
/// without a level, and is called by its medium.
fn level(key: &str, medium: &str) -> String {
    match key.split(':').collect::<Vec<_>>().as_slice() {
        ["notice" | "call", level, ..] => (*level).to_owned(),
        _ => medium.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn a_contact_is_named_by_its_level() {
        assert_eq!(level("notice:final-demand:INV:7:cycle-1", "email"), "final-demand");
        assert_eq!(level("call:first-call:INV-7:cycle-1:again-2", "call"), "first-call");
        assert_eq!(level("call-ended:2026-03-09T10:15:00", "call"), "call");
    }
}
