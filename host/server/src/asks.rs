//! An effect and its account become the exact request that a plugin gets: who, how much, and every word of a message.

mod upfront;

use std::collections::BTreeMap;

use engine::Scribe;
use escalation::effect::{Booking, Call, Notice};
use escalation::invoice::OpenItem;
use escalation::mandate::LAW_FIRM_LETTER;
use escalation::placement::PlacedItem;
use escalation::policy::Channel;
use escalation::request::{
    Ask, CallAsk, CallWithdrawal, CashApplicationAsk, CreditMemoAsk, CreditNotice, DirectPaymentAsk, Item, Message,
    MessageWithdrawal, Notification, PlacementAsk, RecallAsk, Request, WriteOffAsk,
};
use escalation::{Account, Action, Date, Effect, InvoiceNumber, Money, Party};

use letters::{Facts, LetterError, Letters, Written};

use crate::config::Config;

pub use upfront::PREPAYMENT;

/// What every request is written with.
pub struct Clerk {
    pub letters: Letters,
    pub creditor: Party,
    /// The creditor, with what a letterhead needs beyond a party.
    pub letterhead: letters::facts::Creditor,
    /// Addresses of colleagues, by the role that a policy names.
    pub colleagues: BTreeMap<String, String>,
    /// Where colleagues reach the desk, without a slash at the end; empty: notifications carry no link.
    pub desk: String,
}

impl Clerk {
    pub fn of(config: &Config, letters: Letters) -> Self {
        Self {
            letters,
            creditor: config.creditor.party(),
            letterhead: config.creditor.letterhead(),
            colleagues: config.colleagues.clone(),
            desk: config.desk.url.trim_end_matches('/').to_owned(),
        }
    }

    /// A letter about everything that is open, as it would be written on a day: in the debtor's language where none is wished.
    pub fn about(
        &self,
        account: &Account,
        template: &str,
        language: Option<String>,
        deadline: Option<Date>,
        today: Date,
    ) -> Result<Written, LetterError> {
        let language = language.unwrap_or_else(|| self.letters.language(template, &account.debtor));
        let facts = Facts { deadline, ..Facts::of_all(account, &self.letterhead, today) };
        let facts = in_whose_name(template, facts, account);
        self.letters.write(template, &language, &facts)
    }
}

impl Scribe for Clerk {
    fn request(&self, account: &Account, effect: &Effect, rank: u32, today: Date) -> Result<Request, String> {
        Asks { clerk: self, today }.request(account, effect, rank)
    }
}

struct Asks<'a> {
    clerk: &'a Clerk,
    today: Date,
}

impl Asks<'_> {
    /// The request, or why it cannot be made.
    fn request(&self, account: &Account, effect: &Effect, rank: u32) -> Result<Request, String> {
        let ask = match &effect.action {
            Action::SendNotice(notice) => Ask::Send(self.notice(account, notice)?),
            Action::TellColleague { to, template, invoices, .. } => {
                Ask::Notify(self.colleague(account, to, template, invoices)?)
            }
            Action::AlertColleague { to, subject, text } => Ask::Notify(self.alert(account, to, subject, text)?),
            Action::OrderCreditReport { amount, reason, price_max, .. } => {
                Ask::OrderCreditReport(upfront::report_order(account, *amount, reason, *price_max))
            }
            Action::EnquireCover { engagement, .. } => {
                Ask::EnquireCover(upfront::cover_enquiry(account, engagement, &effect.action)?)
            }
            Action::AskPrepayment { engagement, channel, amount, until } => {
                Ask::Send(self.prepayment(account, engagement, *channel, *amount, *until)?)
            }
            Action::QueueCall(call) => Ask::QueueCall(self.call(account, call, effect.valid_until, rank)?),
            Action::WithdrawCall { call, reason } => Ask::WithdrawCall(CallWithdrawal {
                call: call.clone(),
                account: account.id.clone(),
                phone: account.debtor.phone.clone().unwrap_or_default(),
                reason: reason.clone(),
            }),
            Action::WithdrawMessage { message, reason } => Ask::WithdrawMessage(MessageWithdrawal {
                message: message.clone(),
                account: account.id.clone(),
                reason: reason.clone(),
            }),
            Action::HoldCredit { reason } => Ask::HoldCredit(self.credit(account, reason)),
            Action::ReleaseCredit { reason } => Ask::ReleaseCredit(self.credit(account, reason)),
            Action::PostCashApplication { payment, invoice, amount, received_on } => {
                Ask::PostCashApplication(CashApplicationAsk {
                    debtor: account.debtor.clone(),
                    invoice: invoice.clone(),
                    payment: payment.clone(),
                    amount: *amount,
                    received_on: *received_on,
                })
            }
            Action::PlaceWithAgency { sequence, items, total, commission, .. } => {
                Ask::Place(placement(account, *sequence, items, *total, commission))
            }
            Action::ReportDirectPayment { placement, payment, amount, received_on, .. } => {
                Ask::ReportDirectPayment(DirectPaymentAsk {
                    placement: placement.clone(),
                    account: account.id.clone(),
                    payment: payment.clone(),
                    amount: *amount,
                    received_on: *received_on,
                })
            }
            Action::RecallPlacement { placement, reason, .. } => Ask::Recall(RecallAsk {
                placement: placement.clone(),
                account: account.id.clone(),
                reason: reason.clone(),
            }),
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

    fn notice(&self, account: &Account, notice: &Notice) -> Result<Message, String> {
        let facts = Facts { deadline: notice.deadline, ..self.facts(account, &notice.invoices) };
        self.message(account, notice.channel, &notice.template, &in_whose_name(&notice.template, facts, account))
    }

    /// A letter to the debtor.
    fn message(&self, account: &Account, channel: Channel, template: &str, facts: &Facts) -> Result<Message, String> {
        let (letters, debtor) = (&self.clerk.letters, &account.debtor);
        let address = match channel {
            Channel::Email => debtor.email.clone().ok_or("the debtor has no e-mail address")?,
            Channel::Sms => debtor.phone.clone().ok_or("the debtor has no phone number")?,
            Channel::Letter | Channel::RegisteredLetter => String::new(),
        };
        let language = letters.language(template, debtor);
        let written = letters.write(template, &language, facts).map_err(|error| error.to_string())?;
        Ok(Message {
            account: account.id.clone(),
            channel: channel.as_str().to_owned(),
            recipient: debtor.clone(),
            address,
            text: written.text(),
            html: Some(written.html()),
            language: written.language,
            subject: written.subject,
            notes: Vec::new(),
        })
    }

    fn colleague(
        &self,
        account: &Account,
        to: &str,
        template: &str,
        invoices: &[InvoiceNumber],
    ) -> Result<Notification, String> {
        let letters = &self.clerk.letters;
        let language = letters.language(template, &self.clerk.creditor);
        let facts = self.facts(account, invoices);
        let written = letters.write(template, &language, &facts).map_err(|error| error.to_string())?;
        let notification = self.alert(account, to, &written.subject, &written.text())?;
        Ok(Notification { html: Some(written.html()), language: written.language, ..notification })
    }

    fn call(&self, account: &Account, call: &Call, valid_until: Option<Date>, rank: u32) -> Result<CallAsk, String> {
        let phone = account.debtor.phone.clone().ok_or("the debtor has no phone number")?;
        let overdue = account.overdue(self.today);
        let largest = overdue.iter().max_by_key(|amount| amount.minor).copied();
        Ok(CallAsk {
            account: account.id.clone(),
            debtor: account.debtor.clone(),
            phone,
            rank,
            overdue: largest.unwrap_or_else(|| Money::zero(escalation::Currency::EUR)),
            days_past_due: u32::try_from(account.days_past_due(self.today)).unwrap_or(0),
            items: named(account, &call.invoices).map(ask_item).collect(),
            reason: call.reason.clone(),
            expires_on: valid_until.unwrap_or(self.today),
        })
    }

    fn credit(&self, account: &Account, reason: &str) -> CreditNotice {
        let overdue = account.overdue(self.today).into_iter().max_by_key(|amount| amount.minor);
        CreditNotice {
            debtor: account.debtor.clone(),
            reason: reason.to_owned(),
            overdue: overdue.unwrap_or_else(|| Money::zero(escalation::Currency::EUR)),
        }
    }

    fn facts(&self, account: &Account, invoices: &[InvoiceNumber]) -> Facts {
        Facts::of(account, invoices, &self.clerk.letterhead, self.today)
    }
}

/// A law firm's letter goes out in the firm's name, every other one in the creditor's.
fn in_whose_name(template: &str, facts: Facts, account: &Account) -> Facts {
    if template == LAW_FIRM_LETTER { facts.under_mandate(account) } else { facts }
}

/// The open items among those named, oldest due first: what was paid meanwhile is not asked for.
fn named<'a>(account: &'a Account, invoices: &'a [InvoiceNumber]) -> impl Iterator<Item = &'a OpenItem> {
    account.open_items().into_iter().filter(|item| invoices.contains(&item.invoice.number))
}

fn ask_item(item: &OpenItem) -> Item {
    Item {
        invoice: item.invoice.number.clone(),
        issued_on: item.invoice.issued_on,
        due_on: item.invoice.due_on,
        original: item.invoice.total,
        open: item.open,
    }
}

/// What is not asked for any more, or is again.
fn let_off(account: &Account, booking: &Booking) -> WriteOffAsk {
    WriteOffAsk {
        debtor: account.debtor.clone(),
        invoice: booking.invoice.clone(),
        kind: booking.kind.as_str().to_owned(),
        amount: booking.amount,
        reason: booking.because.clone(),
    }
}

fn placement(account: &Account, sequence: u32, items: &[PlacedItem], total: Money, commission: &str) -> PlacementAsk {
    let placed: Vec<Item> = items
        .iter()
        .filter_map(|placed| {
            let item = account.items.get(&placed.invoice)?;
            Some(Item { open: placed.amount, ..ask_item(item) })
        })
        .collect();
    let last_payment = account.payments.values().filter(|posted| posted.reversed_on.is_none());
    PlacementAsk {
        account: account.id.clone(),
        debtor: account.debtor.clone(),
        sequence,
        items: placed,
        total,
        commission: commission.to_owned(),
        last_payment_on: last_payment.map(|posted| posted.payment.booked_on).max(),
        history: account.contacts.iter().map(|contact| format!("{} {}", contact.on, contact.medium)).collect(),
    }
}
