//! What a report means: whose account it concerns, and which events it becomes there.

use escalation::cash::{self, Identified, Payment};
use escalation::dispute::Dispute;
use escalation::event::Event;
use escalation::id::{DisputeId, PromiseId};
use escalation::invoice::Invoice;
use escalation::promise::{Promise, PromiseState};
use escalation::report::{DisputeReport, InvoiceReport, Received, Report};
use escalation::{AccountId, DateTime, Fact, Money, Party, Policy};
use jiff::ToSpan;
use store::{Entry, Lookup, Refused, Store, StoreError};

/// The account of money that nobody could be found for.
pub const UNIDENTIFIED: &str = "(unidentified)";

/// Turns reports of one connection into entries for T1.
pub struct Intake<'a> {
    pub store: &'a dyn Store,
    pub policy: &'a Policy,
    pub connection: &'a str,
    pub now: DateTime,
}

impl Intake<'_> {
    /// The entry, or why the report cannot be taken.
    pub async fn entry(&self, received: Received) -> Result<Result<Entry, Refused>, StoreError> {
        let events = match self.route(&received).await? {
            Ok(events) => events,
            Err(reason) => {
                let source = received.source;
                return Ok(Err(Refused { document: source.document, place: source.place, reason }));
            }
        };
        let source = &received.source;
        let origin = [self.connection, &source.document, &source.place]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let events = events
            .into_iter()
            .map(|(account, fact)| {
                (account, Event { at: self.now, on: source.occurred_on, origin: origin.clone(), fact })
            })
            .collect();
        Ok(Ok(Entry { received, events }))
    }

    async fn route(&self, received: &Received) -> Result<Result<Vec<(AccountId, Fact)>, String>, StoreError> {
        let key = received.source.key.as_str();
        let on = received.source.occurred_on;
        let (account, fact) = match received.report.clone() {
            Report::Debtor { debtor } => {
                return Ok(Ok(vec![(AccountId::new(&debtor.id), Fact::DebtorSynced { debtor })]));
            }
            Report::Invoice(invoice) => return Ok(self.invoice(invoice, received.source.version.is_some())),
            Report::CreditMemo { debtor, memo } => {
                return Ok(Ok(of_debtor(debtor, Fact::CreditMemoIssued { memo })));
            }
            Report::PaymentsReceived { payments } => {
                return self.money(payments, Kept::Aside, |payment| Fact::PaymentReceived { payment }).await;
            }
            Report::PaymentsPending { payments } => {
                return self.money(payments, Kept::Not, |payment| Fact::PaymentAnnounced { payment }).await;
            }
            Report::PaymentsReversed { payments } => {
                return self.money(payments, Kept::Reversal, |payment| Fact::PaymentReversed { payment }).await;
            }
            Report::Statement(_) => return Ok(Ok(Vec::new())),
            Report::CallEnded(result) => (result.account.clone(), Fact::CallEnded(result)),
            Report::Promised { account, amount, due_on, invoices, text } => {
                let (id, received) = (PromiseId::new(key), Money::zero(amount.currency));
                let state = PromiseState::Running;
                let promise = Promise { id, amount, made_on: on, due_on, invoices, text, state, received };
                (account, Fact::PromiseMade { promise })
            }
            Report::Disputed(report) => {
                let DisputeReport { account, invoice, amount, reason, text } = report;
                let (id, opened_on, resolution) = (DisputeId::new(key), on, None);
                let dispute = Dispute { id, invoice, amount, reason, text, opened_on, resolution, owner: None };
                (account, Fact::DisputeOpened { dispute })
            }
            Report::AskedToStop { account, medium, text } => (account, Fact::StopRequested { medium, text }),
            Report::Acknowledged { account, placement, status, agency_reference, reason } => {
                (account, Fact::PlacementAcknowledged { placement, status, agency_reference, reason })
            }
            Report::Collected { account, placement, collection } => {
                (account, Fact::AgencyCollected { placement, collection })
            }
            Report::Returned { account, placement, reason, closed_on: _ } => {
                (account, Fact::PlacementReturned { placement, reason })
            }
            Report::Tracked { account, message, status, at: _, text } => {
                (account, Fact::MessageTracked { message, status, text })
            }
            Report::CreditReport { account, report } => (account, Fact::CreditReported { report }),
            Report::Cover { account, engagement, cover } => (account, Fact::CoverReported { engagement, cover }),
            Report::NotificationAcknowledged { account, notification, by, at: _, text } => {
                (account, Fact::NotificationAcknowledged { notification, by, text })
            }
            Report::Customer { debtor, since } => return Ok(Ok(of_debtor(debtor, Fact::CustomerSince { since }))),
            Report::CreditApplied { debtor, application } => {
                return Ok(Ok(of_debtor(debtor, Fact::CreditApplied { application })));
            }
            Report::Engaged { debtor, engagement } => return Ok(Ok(of_debtor(debtor, Fact::Engaged { engagement }))),
            Report::EngagementEnded { account, engagement, reason } => {
                (account, Fact::EngagementEnded { engagement, reason })
            }
            Report::Other { kind, .. } => return Ok(Err(format!("the kind `{kind}` is not known to this version"))),
        };
        if self.store.account(&account).await?.is_none() {
            return Ok(Err(format!("there is no account `{account}`")));
        }
        Ok(Ok(vec![(account, fact)]))
    }

    fn invoice(&self, report: InvoiceReport, restates: bool) -> Result<Vec<(AccountId, Fact)>, String> {
        let account = AccountId::new(&report.debtor.id);
        let due_on = match report.due_on {
            Some(day) => day,
            None => report
                .issued_on
                .checked_add(i64::from(self.policy.terms.default_days).days())
                .map_err(|_| format!("no due date can be worked out from the issue date {}", report.issued_on))?,
        };
        let invoice = Invoice {
            number: report.number.clone(),
            issued_on: report.issued_on,
            due_on,
            total: report.total,
            payable: report.payable,
            terms: report.terms,
            payment_references: report.payment_references,
            discounts: report.discounts,
            buyer_reference: report.buyer_reference,
            order: report.order,
            products: report.products,
        };
        let mut facts = vec![
            (account.clone(), Fact::DebtorSynced { debtor: report.debtor }),
            (account.clone(), Fact::InvoiceIssued { invoice }),
        ];
        if restates {
            facts.push((account, Fact::InvoiceRestated { number: report.number, open: report.payable }));
        }
        Ok(facts)
    }

    /// Finds each payment's account. Money that is here and fits nobody is kept aside; money that is only announced is not.
    async fn money(
        &self,
        payments: Vec<Payment>,
        kept: Kept,
        fact: impl Fn(Payment) -> Fact,
    ) -> Result<Result<Vec<(AccountId, Fact)>, String>, StoreError> {
        let mut facts = Vec::with_capacity(payments.len());
        for payment in payments {
            let is_back = kept == Kept::Reversal;
            let lookup = Lookup {
                tokens: if is_back { cash::tokens_of_reversal(&payment) } else { cash::tokens(&payment) },
                amount: Some(payment.amount),
                payer_account: payment.payer_account.clone(),
            };
            let candidates = self.store.candidates(&lookup).await?;
            let identify = if is_back { cash::identify_reversal } else { cash::identify };
            let account = match identify(&payment, &candidates) {
                Identified::Account { account, .. } => account,
                Identified::Nobody(_) if kept == Kept::Not => continue,
                Identified::Nobody(_) => AccountId::new(UNIDENTIFIED),
            };
            facts.push((account, fact(payment)));
        }
        Ok(Ok(facts))
    }
}

/// What becomes of money that fits nobody.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Aside,
    /// It is only announced, and will come again.
    Not,
    /// Given back, and kept aside until its payment is known.
    Reversal,
}

/// What is reported together with its debtor opens the account if there is none yet.
fn of_debtor(debtor: Party, fact: Fact) -> Vec<(AccountId, Fact)> {
    let account = AccountId::new(&debtor.id);
    vec![(account.clone(), Fact::DebtorSynced { debtor }), (account, fact)]
}
