//! What is asked before a debt exists, and notifications to colleagues.

use escalation::policy::Channel;
use escalation::request::{CoverEnquiry, Message, Notification, ReportOrder};
use escalation::{Account, Action, Date, EngagementId, InvoiceNumber, Money, Party};

use letters::{Facts, Reference};

use super::Asks;
use crate::web::link;

/// The letter that asks for payment before the day.
pub const PREPAYMENT: &str = "prepayment";

impl Asks<'_> {
    /// A short notification in the words of the decision.
    pub(super) fn alert(&self, account: &Account, to: &str, subject: &str, text: &str) -> Result<Notification, String> {
        let clerk = self.clerk;
        let address = clerk.colleagues.get(to).ok_or_else(|| {
            format!("nobody is named for `{to}`\n\nhint: add `{to} = \"name@example.com\"` under `[colleagues]` in dunlin.toml")
        })?;
        let recipient =
            Party { id: to.to_owned(), name: to.to_owned(), email: Some(address.clone()), ..Party::default() };
        let page = link::account(account.id.as_str());
        Ok(Notification {
            account: account.id.clone(),
            recipient_role: to.to_owned(),
            recipient,
            address: address.clone(),
            language: "en".to_owned(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            html: None,
            link: if clerk.desk.is_empty() { String::new() } else { format!("{}{page}", clerk.desk) },
        })
    }

    pub(super) fn prepayment(
        &self,
        account: &Account,
        engagement: &EngagementId,
        channel: Channel,
        amount: Money,
        until: Date,
    ) -> Result<Message, String> {
        let item = letters::facts::Item {
            invoice: InvoiceNumber::from(engagement.as_str()),
            issued_on: self.today,
            due_on: until,
            original: amount,
            open: amount,
            days_past_due: 0,
        };
        let facts = Facts {
            items: vec![item],
            deadline: Some(until),
            reference: Reference::Plain(engagement.to_string()),
            ..self.facts(account, &[])
        };
        self.message(account, channel, PREPAYMENT, &facts)
    }
}

pub(super) fn report_order(account: &Account, amount: Money, reason: &str, price_max: Option<Money>) -> ReportOrder {
    ReportOrder {
        account: account.id.clone(),
        debtor: account.debtor.clone(),
        amount,
        reason: reason.to_owned(),
        price_max,
    }
}

/// The enquiry, exactly as it was planned.
pub(super) fn cover_enquiry(account: &Account, id: &EngagementId, action: &Action) -> Result<CoverEnquiry, String> {
    let Action::EnquireCover { on, payer, member, service, .. } = action else {
        return Err(format!("`{id}` is not about cover"));
    };
    Ok(CoverEnquiry {
        account: account.id.clone(),
        debtor: account.debtor.clone(),
        appointment: id.clone(),
        on: *on,
        payer: payer.clone(),
        member: member.clone(),
        service: service.clone(),
    })
}
