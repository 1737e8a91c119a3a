//! What an answer means for an effect, as a row and as a fact. An answer about other money than was asked for is no answer.

use escalation::answer::{self, Finding, Stated};
use escalation::request::Ask;
use escalation::{DateTime, Fact, Money};
use store::mutation::Mutation;
use store::{Concluded, Outcome};

use super::Marked;
use super::passage::wait;
use crate::turn::{Engine, later};

/// How an attempt ended.
pub(super) enum Verdict {
    Done {
        reference: String,
    },
    Rejected {
        code: String,
        reason: String,
    },
    Unknown {
        text: String,
    },
    /// It certainly did not happen.
    Again {
        at: DateTime,
        because: String,
    },
}

impl Marked {
    pub(super) fn answered(&self, outcome: answer::Outcome) -> Verdict {
        match outcome {
            answer::Outcome::Done { reference, stated } => self.done(reference, &stated),
            answer::Outcome::Rejected { code, reason } => Verdict::Rejected { code, reason },
            answer::Outcome::Unknown { text } => Verdict::Unknown { text },
        }
    }

    pub(super) fn found(&self, finding: Finding, now: DateTime) -> Verdict {
        match finding {
            Finding::Done { reference, stated } => self.done(reference, &stated),
            Finding::Rejected { code, reason } => Verdict::Rejected { code, reason },
            Finding::Absent => Verdict::Again {
                at: later(now, wait(self.key.as_str(), self.attempt, None)),
                because: "the other side does not know it; it goes out again".to_owned(),
            },
            Finding::Unclear { text } => Verdict::Unknown { text },
        }
    }

    fn done(&self, reference: String, stated: &Stated) -> Verdict {
        match differs(&self.request.ask, stated).filter(|_| !Mutation::Integrity.is_on()) {
            None => Verdict::Done { reference },
            Some(how) => Verdict::Unknown { text: format!("the other side did something else: {how} ({reference})") },
        }
    }
}

/// Amount, currency and payee of what was done against what was asked for; what the other side does not state is not held
/// against it.
fn differs(ask: &Ask, stated: &Stated) -> Option<String> {
    let (amount, payee) = asked(ask);
    if let (Some(asked), Some(done)) = (amount, stated.amount)
        && asked != done
    {
        return Some(format!("{done} instead of {asked}"));
    }
    match (payee, &stated.payee) {
        (Some(asked), Some(done)) if asked != done => Some(format!("`{done}` instead of `{asked}`")),
        _ => None,
    }
}

/// The money that an ask is about, and whom.
fn asked(ask: &Ask) -> (Option<Money>, Option<&str>) {
    match ask {
        Ask::Send(message) => (None, Some(message.account.as_str())),
        Ask::QueueCall(call) => (None, Some(call.account.as_str())),
        Ask::Place(placement) => (Some(placement.total), Some(placement.account.as_str())),
        Ask::ReportDirectPayment(payment) => (Some(payment.amount), Some(payment.account.as_str())),
        Ask::PostCashApplication(posting) => (Some(posting.amount), Some(posting.debtor.id.as_str())),
        Ask::WriteOff(ask) | Ask::ReverseWriteOff(ask) => (Some(ask.amount), Some(ask.debtor.id.as_str())),
        Ask::IssueCreditMemo(ask) => (Some(ask.amount), Some(ask.debtor.id.as_str())),
        Ask::Recall(recall) => (None, Some(recall.account.as_str())),
        Ask::HoldCredit(notice) | Ask::ReleaseCredit(notice) => (None, Some(notice.debtor.id.as_str())),
        Ask::OrderCreditReport(order) => (None, Some(order.account.as_str())),
        Ask::EnquireCover(enquiry) => (None, Some(enquiry.account.as_str())),
        Ask::Notify(notification) => (None, Some(notification.account.as_str())),
        Ask::WithdrawMessage(_) | Ask::WithdrawCall(_) => (None, None),
    }
}

impl Engine {
    /// T4 for one effect.
    pub(super) fn conclude(&self, marked: &Marked, verdict: Verdict, by: &str) -> Concluded {
        let key = marked.key.clone();
        let (outcome, fact) = match verdict {
            Verdict::Done { reference } => {
                (Outcome::Succeeded { reference: reference.clone() }, Some(Fact::EffectDone { key, reference }))
            }
            Verdict::Rejected { code, reason } => (
                Outcome::Rejected { reason: format!("{code}: {reason}") },
                Some(Fact::EffectRejected { key, code, reason }),
            ),
            Verdict::Unknown { text } => {
                (Outcome::Unknown { text: text.clone() }, Some(Fact::EffectUnknown { key, text }))
            }
            Verdict::Again { at, because } => (Outcome::Again { at, because }, None),
        };
        Concluded {
            key: marked.key.clone(),
            account: marked.account.clone(),
            attempt: marked.attempt,
            at: self.at(),
            outcome,
            event: fact.map(|fact| self.event(fact)),
            by: by.to_owned(),
            host: self.owner.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use escalation::request::RecallAsk;
    use escalation::{AccountId, Currency, EffectKey};

    use super::*;

    #[test]
    fn what_was_done_is_held_against_what_was_asked() {
        let recall = Ask::Recall(RecallAsk {
            placement: EffectKey::new("place:1"),
            account: AccountId::new("ACME"),
            reason: "paid".to_owned(),
        });
        let payee = |payee: &str| Stated { amount: None, payee: Some(payee.to_owned()) };
        assert_eq!(differs(&recall, &Stated::default()), None);
        assert_eq!(differs(&recall, &payee("ACME")), None);
        assert_eq!(differs(&recall, &payee("ACNE")).unwrap(), "`ACNE` instead of `ACME`");
        let euros = |minor| Some(Money::new(minor, Currency::EUR));
        // Nothing was asked for in money: an amount says nothing.
        assert_eq!(differs(&recall, &Stated { amount: euros(5), payee: None }), None);
    }
}
