//! Money that came to the wrong account, or to none: it moves to the right one, whole and in one transaction.

use escalation::cash::{self, Identified, Payment};
use escalation::event::Event;
use escalation::report::{Received, Report, Source};
use escalation::{AccountId, Fact, PaymentId};
use store::{Entry, Ingest, Lookup, StoreError};
use thiserror::Error;

use crate::intake::UNIDENTIFIED;
use crate::turn::Engine;

#[derive(Debug, Error)]
pub enum MoveError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no account `{0}`")]
    NoAccount(AccountId),
    #[error("account `{account}` has no payment `{payment}` that could be moved: it must be whole and not yet applied")]
    NotMovable { account: AccountId, payment: PaymentId },
}

impl Engine {
    /// Takes a payment that nothing was done with from one account to another.
    pub async fn move_payment(
        &self,
        from: &AccountId,
        payment: &PaymentId,
        to: &AccountId,
        who: &str,
    ) -> Result<(), MoveError> {
        let Some((account, _)) = self.store.account(from).await? else {
            return Err(MoveError::NoAccount(from.clone()));
        };
        if from == to || self.store.account(to).await?.is_none() {
            return Err(MoveError::NoAccount(to.clone()));
        }
        let posted = account.payments.get(payment).filter(|posted| {
            posted.allocations.is_empty() && posted.reversed_on.is_none() && posted.unapplied.is_positive()
        });
        let Some(posted) = posted else {
            return Err(MoveError::NotMovable { account: from.clone(), payment: payment.clone() });
        };
        self.write_move(from, posted.payment.clone(), to, who).await?;
        Ok(())
    }

    async fn write_move(
        &self,
        from: &AccountId,
        payment: Payment,
        to: &AccountId,
        who: &str,
    ) -> Result<(), StoreError> {
        let at = self.at();
        let event = |fact| Event { at, on: at.date(), origin: who.to_owned(), fact };
        let events = vec![
            (from.clone(), event(Fact::PaymentMoved { payment: payment.id.clone(), to: to.clone() })),
            (to.clone(), event(Fact::PaymentReceived { payment: payment.clone() })),
        ];
        let source = Source {
            key: format!("move/{}/{from}/{to}/{at}", payment.id),
            version: None,
            digest: None,
            document: who.to_owned(),
            place: String::new(),
            occurred_on: at.date(),
        };
        let report = Report::PaymentsReceived { payments: vec![payment] };
        let entry = Entry { received: Received { source, report }, events };
        self.store.ingest(Ingest { entries: vec![entry], ..Ingest::empty("moves", at) }).await?;
        Ok(())
    }

    /// Asks again whose the unidentified money is: an invoice may have come after it.
    pub async fn identify_again(&self) -> Result<u32, StoreError> {
        let unidentified = AccountId::new(UNIDENTIFIED);
        let Some((account, _)) = self.store.account(&unidentified).await? else { return Ok(0) };
        let mut moved = 0;
        for posted in account.payments.values() {
            if !posted.allocations.is_empty() || posted.reversed_on.is_some() {
                continue;
            }
            let payment = &posted.payment;
            let lookup = Lookup {
                tokens: cash::tokens(payment),
                amount: Some(payment.amount),
                payer_account: payment.payer_account.clone(),
            };
            let mut candidates = self.store.candidates(&lookup).await?;
            candidates.retain(|candidate| candidate.account != unidentified);
            if let Identified::Account { account: to, .. } = cash::identify(payment, &candidates) {
                self.write_move(&unidentified, payment.clone(), &to, "policy").await?;
                moved += 1;
            }
        }
        Ok(moved)
    }
}
