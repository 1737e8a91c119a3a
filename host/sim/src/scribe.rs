//! Puts effects into requests, without a word of prose.

use engine::Scribe;
use escalation::effect::Booking;
use escalation::request::{
    Ask, CallAsk, CallWithdrawal, CashApplicationAsk, CreditMemoAsk, CreditNotice, DirectPaymentAsk, Message,
    MessageWithdrawal, PlacementAsk, RecallAsk, Request, WriteOffAsk,
};
use escalation::{Account, Action, Currency, Date, Effect, Money, Party};

pub struct Plain;

impl Scribe for Plain {
    fn request(&self, account: &Account, effect: &Effect, rank: u32, today: Date) -> Result<Request, String> {
        let id = account.id.clone();
        let overdue =
            account.overdue(today).into_iter().max_by_key(|sum| sum.minor).unwrap_or(Money::zero(Currency::EUR));
        let message = |recipient| sent(account, recipient);
        let credit = |reason: &str| CreditNotice { debtor: account.debtor.clone(), reason: reason.to_owned(), overdue };
        let ask = match &effect.action {
            Action::SendNotice(_) | Action::AskPrepayment { .. } => message(account.debtor.clone()),
            Action::OrderCreditReport { .. } | Action::EnquireCover { .. } => {
                return Err("nobody in this world is asked before a debt exists".to_owned());
            }
            Action::TellColleague { .. } | Action::AlertColleague { .. } => {
                message(Party { id: "rep".to_owned(), ..Default::default() })
            }
            Action::QueueCall(call) => {
                Ask::QueueCall(called(account, &call.reason, rank, effect.valid_until.unwrap_or(today), overdue))
            }
            Action::WithdrawCall { call, reason } => Ask::WithdrawCall(CallWithdrawal {
                call: call.clone(),
                account: id,
                phone: String::new(),
                reason: reason.clone(),
            }),
            Action::WithdrawMessage { message, reason } => Ask::WithdrawMessage(MessageWithdrawal {
                message: message.clone(),
                account: id,
                reason: reason.clone(),
            }),
            Action::HoldCredit { reason } => Ask::HoldCredit(credit(reason)),
            Action::ReleaseCredit { reason } => Ask::ReleaseCredit(credit(reason)),
            Action::PlaceWithAgency { sequence, total, commission, .. } => {
                Ask::Place(placed(account, *sequence, *total, commission))
            }
            Action::ReportDirectPayment { placement, payment, amount, received_on, .. } => {
                Ask::ReportDirectPayment(DirectPaymentAsk {
                    placement: placement.clone(),
                    account: id,
                    payment: payment.clone(),
                    amount: *amount,
                    received_on: *received_on,
                })
            }
            Action::RecallPlacement { placement, reason, .. } => {
                Ask::Recall(RecallAsk { placement: placement.clone(), account: id, reason: reason.clone() })
            }
            Action::PostCashApplication { payment, invoice, amount, received_on } => {
                Ask::PostCashApplication(CashApplicationAsk {
                    debtor: account.debtor.clone(),
                    invoice: invoice.clone(),
                    payment: payment.clone(),
                    amount: *amount,
                    received_on: *received_on,
                })
            }
            Action::WriteOff(booking) => Ask::WriteOff(let_off(account, booking)),
            Action::ReverseWriteOff(booking) => Ask::ReverseWriteOff(let_off(account, booking)),
            Action::IssueCreditMemo(order) => Ask::IssueCreditMemo(CreditMemoAsk {
                debtor: account.debtor.clone(),
                invoice: order.invoice.clone(),
                amount: order.amount,
                reason: order.reason.clone(),
                reference: order.reference.clone(),
            }),
        };
        Ok(Request { key: effect.key.clone(), ask })
    }
}

fn placed(account: &Account, sequence: u32, total: Money, commission: &str) -> PlacementAsk {
    PlacementAsk {
        account: account.id.clone(),
        debtor: account.debtor.clone(),
        sequence,
        items: Vec::new(),
        total,
        commission: commission.to_owned(),
        last_payment_on: None,
        history: Vec::new(),
    }
}

fn let_off(account: &Account, booking: &Booking) -> WriteOffAsk {
    WriteOffAsk {
        debtor: account.debtor.clone(),
        invoice: booking.invoice.clone(),
        kind: booking.kind.as_str().to_owned(),
        amount: booking.amount,
        reason: booking.because.clone(),
    }
}

fn sent(account: &Account, recipient: Party) -> Ask {
    Ask::Send(Message {
        account: account.id.clone(),
        channel: "email".to_owned(),
        recipient,
        address: String::new(),
        language: "de".to_owned(),
        subject: String::new(),
        text: String::new(),
        html: None,
        notes: Vec::new(),
    })
}

fn called(account: &Account, reason: &str, rank: u32, expires_on: Date, overdue: Money) -> CallAsk {
    CallAsk {
        account: account.id.clone(),
        debtor: account.debtor.clone(),
        phone: String::new(),
        rank,
        overdue,
        days_past_due: 0,
        items: Vec::new(),
        reason: reason.to_owned(),
        expires_on,
    }
}
