//! What the ledger says about an account, as the facts of a letter: the amounts are the account's, nothing is added up anew.

use escalation::account::Account;
use escalation::cash::Target;
use escalation::invoice::OpenItem;
use escalation::{Date, InvoiceNumber, Money};

use crate::facts::{Contact, Creditor, Facts, Item, Movement, MovementKind};
use crate::reference::Reference;

impl Facts {
    /// The facts of a letter about the invoices named, as far as they are still open: what was paid meanwhile is not asked for.
    /// Charges, plan and mandate are for the caller to add.
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
            items: open.into_iter().map(|item| of_item(item, today)).collect(),
            charges: Vec::new(),
            mandate: None,
            plan: Vec::new(),
            movements: movements(account, today),
            history: account
                .contacts
                .iter()
                .map(|contact| Contact {
                    on: contact.on,
                    medium: contact.medium.clone(),
                    about: about(contact.key.as_str()),
                })
                .collect(),
        }
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

/// The level in a business key such as `letter:final-demand:INV-123:cycle-1`.
fn about(key: &str) -> String {
    let level = key.split(':').nth(1).unwrap_or(key);
    level.replace('-', " ")
}
