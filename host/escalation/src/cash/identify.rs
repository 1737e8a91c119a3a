//! Whose money is it? Asked once, when it arrives, of the candidates that the store found.

use std::collections::BTreeSet;

use super::text::{named, normalise};
use super::{Candidate, Evidence, Identified, Payment};
use crate::account::sum;
use crate::id::AccountId;

/// From the strongest evidence to the weakest; the first kind that points anywhere decides. Two accounts are nobody.
pub fn identify(payment: &Payment, candidates: &[Candidate]) -> Identified {
    let quoted: BTreeSet<String> = payment.references.iter().map(|reference| normalise(reference)).collect();
    let end_to_end: BTreeSet<String> = payment.end_to_end_id.iter().map(|id| normalise(id)).collect();
    let known: Vec<String> = candidates.iter().flat_map(names).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let in_text: BTreeSet<String> = texts(payment).flat_map(|text| named(text, &known)).map(str::to_owned).collect();

    let by_name = |words: &BTreeSet<String>| {
        accounts(candidates.iter().filter(|candidate| names(candidate).iter().any(|name| words.contains(name))))
    };
    let kinds = [
        (Evidence::StructuredReference, by_name(&quoted)),
        (Evidence::EndToEndId, by_name(&end_to_end)),
        (Evidence::InvoiceNumber, by_name(&in_text)),
        (Evidence::AmountAndPayer, by_amount(payment, candidates)),
    ];
    for (by, accounts) in kinds {
        match accounts.len() {
            0 => {}
            1 => {
                if let Some(account) = accounts.into_iter().next() {
                    return Identified::Account { account, by };
                }
            }
            several => return Identified::Nobody(format!("{several} debtors could be meant by {}", by.in_words())),
        }
    }
    Identified::Nobody("no reference, invoice number, or exact amount of a known payer points to a debtor".to_owned())
}

/// Whose payment is given back? By the names that it shares with the payment, where they point to one account: the bank's own
/// reference says it, too, which for money that comes in would say nothing, because a batch has one for all of its payments.
pub fn identify_reversal(reversal: &Payment, candidates: &[Candidate]) -> Identified {
    let shared = reversal.end_to_end_id.iter().chain(&reversal.bank_reference);
    let shared: BTreeSet<String> = shared.map(|id| normalise(id)).filter(|id| !id.is_empty()).collect();
    let told =
        accounts(candidates.iter().filter(|candidate| names(candidate).iter().any(|name| shared.contains(name))));
    match told.first() {
        Some(account) if told.len() == 1 => Identified::Account { account: account.clone(), by: Evidence::EndToEndId },
        _ => identify(reversal, candidates),
    }
}

impl Evidence {
    pub fn in_words(self) -> &'static str {
        match self {
            Self::StructuredReference => "its reference",
            Self::EndToEndId => "its end-to-end id",
            Self::InvoiceNumber => "the invoice number in its text",
            Self::AmountAndPayer => "its amount and payer",
            Self::Person => "a person's word",
            Self::AfterWriteOff => "the number of an invoice that was written off",
            Self::BeyondPrincipal => "what was paid beyond the principal",
            Self::KeptRest => "its being kept from an overpayment",
        }
    }
}

/// Free text, and references that were written like free text.
pub(super) fn texts(payment: &Payment) -> impl Iterator<Item = &str> {
    payment.references.iter().map(String::as_str).chain([payment.text.as_str()])
}

fn names(candidate: &Candidate) -> Vec<String> {
    let references = candidate.references.iter().map(|reference| normalise(reference));
    let number = candidate.invoice.iter().map(|number| normalise(number.as_str()));
    references.chain(number).filter(|name| !name.is_empty()).collect()
}

fn accounts<'a>(candidates: impl Iterator<Item = &'a Candidate>) -> BTreeSet<AccountId> {
    candidates.map(|candidate| candidate.account.clone()).collect()
}

/// Accounts of this payer of which one item, or all that was found together, is exactly this amount.
fn by_amount(payment: &Payment, candidates: &[Candidate]) -> BTreeSet<AccountId> {
    let theirs: Vec<&Candidate> = candidates.iter().filter(|candidate| paid_by(payment, candidate)).collect();
    let mut found = accounts(theirs.iter().copied().filter(|candidate| candidate.open == payment.amount));
    for account in accounts(theirs.iter().copied()) {
        let items = theirs.iter().filter(|candidate| candidate.account == account && candidate.invoice.is_some());
        if sum(items.map(|candidate| candidate.open)).contains(&payment.amount) {
            found.insert(account);
        }
    }
    found
}

fn paid_by(payment: &Payment, candidate: &Candidate) -> bool {
    let account = payment.payer_account.as_deref().map(normalise).filter(|account| !account.is_empty());
    let known_account =
        account.is_some_and(|account| candidate.payer_accounts.iter().any(|known| normalise(known) == account));
    let name = payment.payer_name.as_deref().map(normalise).filter(|name| !name.is_empty());
    known_account || name.is_some_and(|name| name == normalise(&candidate.debtor_name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cash::tests::payment;
    use crate::money::{Currency, Money};

    fn candidate(account: &str, invoice: &str, minor: i64) -> Candidate {
        Candidate {
            account: account.into(),
            debtor_name: format!("{account} GmbH & Co."),
            payer_accounts: vec![format!("DE00 {account}")],
            references: vec![format!("RF18{invoice}")],
            invoice: Some(invoice.into()),
            open: Money::new(minor, Currency::EUR),
        }
    }

    fn account(found: Identified) -> (String, Evidence) {
        match found {
            Identified::Account { account, by } => (account.as_str().to_owned(), by),
            Identified::Nobody(why) => panic!("nobody: {why}"),
        }
    }

    #[test]
    fn a_reference_is_stronger_than_a_number_in_the_text() {
        let candidates = [candidate("acme", "INV-7", 100), candidate("birk", "INV-8", 100)];
        let mut paid = payment("p", 55);
        paid.references = vec!["rf18 inv-8".to_owned()];
        paid.text = "for INV-7".to_owned();
        assert_eq!(account(identify(&paid, &candidates)), ("birk".to_owned(), Evidence::StructuredReference));
        paid.references.clear();
        assert_eq!(account(identify(&paid, &candidates)), ("acme".to_owned(), Evidence::InvoiceNumber));
    }

    #[test]
    fn equal_amounts_of_two_debtors_are_told_apart_by_the_payer_only() {
        let candidates = [candidate("acme", "INV-7", 100), candidate("birk", "INV-8", 100)];
        let mut paid = payment("p", 100);
        paid.payer_name = Some("ACME GMBH & CO".to_owned());
        assert_eq!(account(identify(&paid, &candidates)), ("acme".to_owned(), Evidence::AmountAndPayer));
        paid.payer_name = Some("Somebody Else".to_owned());
        assert!(matches!(identify(&paid, &candidates), Identified::Nobody(_)));
        paid.payer_account = Some("de00birk".to_owned());
        assert_eq!(account(identify(&paid, &candidates)), ("birk".to_owned(), Evidence::AmountAndPayer));
    }

    #[test]
    fn a_reversal_is_told_by_what_it_shares_with_its_payment() {
        let known = |account: &str, reference: &str| Candidate {
            references: vec![reference.to_owned()],
            invoice: None,
            ..candidate(account, "INV-7", 100)
        };
        let mut back = payment("back", 100);
        back.bank_reference = Some("ch-4711".to_owned());
        assert_eq!(account(identify_reversal(&back, &[known("acme", "CH4711"), known("birk", "CH4712")])).0, "acme");
        // A batch with one reference for all of its payments tells nothing, and neither does it for money that comes.
        let batch = [known("acme", "CH4711"), known("birk", "CH4711")];
        assert!(matches!(identify_reversal(&back, &batch), Identified::Nobody(_)));
        assert!(matches!(identify(&back, &batch[..1]), Identified::Nobody(_)));
    }

    #[test]
    fn a_payment_for_invoices_of_two_debtors_is_left_to_a_person() {
        let candidates = [candidate("acme", "INV-7", 100), candidate("birk", "INV-8", 100)];
        let mut paid = payment("p", 200);
        paid.text = "INV-7 INV-8".to_owned();
        assert_eq!(
            identify(&paid, &candidates),
            Identified::Nobody("2 debtors could be meant by the invoice number in its text".to_owned())
        );
    }

    #[test]
    fn the_sum_of_a_debtors_items_is_an_exact_amount_too() {
        let candidates = [candidate("acme", "INV-7", 100), candidate("acme", "INV-9", 150)];
        let mut paid = payment("p", 250);
        paid.payer_name = Some("acme gmbh co".to_owned());
        assert_eq!(account(identify(&paid, &candidates)).0, "acme");
    }
}
