//! The policy before a debt exists: what credit is founded on, when cover is asked after, who pays before the day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::check::{Fault, amounts};
use super::{Channel, Policy};
use crate::credit::EvidenceKind;
use crate::money::{Currency, Money};

/// Days before a day that a rule may name.
const DAYS_BEFORE_MAX: u16 = 365;
/// Enquiries about one appointment.
const ENQUIRIES_MAX: usize = 10;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CreditRules {
    /// Days for which a customer counts as new, from the first that is known of them.
    pub new_days: u16,
    /// Terms that are proposed to a new customer: days from the invoice to its due date.
    pub short_days: u16,
    /// Terms that are proposed after an application was refused.
    pub refused_days: u16,
    /// Days for which a report is relied upon that states no last day.
    pub report_days: u16,
    /// Days for which a granted credit may be used.
    pub valid_days: u16,
    /// Whom to tell how an application ended, by the role that the configuration names; empty: nobody.
    pub tell: String,
    /// The smallest deal for which a piece of evidence is needed, in major units by currency. A currency that none names: a
    /// person decides.
    pub needs: BTreeMap<EvidenceKind, BTreeMap<Currency, String>>,
    /// A report that costs more is not ordered; a currency not named has no limit.
    pub price_max: BTreeMap<Currency, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CoverageRules {
    /// The payer is asked so many days before each appointment; empty: never.
    pub days_before: Vec<u16>,
    /// Whom to tell that there is no cover; empty: nobody.
    pub tell: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PrepaymentRules {
    /// What is to be paid before the service or delivery, in percent; 0: nothing.
    pub share_percent: u8,
    /// Known customers pay afterwards.
    pub new_customers_only: bool,
    /// The smallest amount of which that is asked, in major units by currency; a currency not named has no minimum.
    pub from: BTreeMap<Currency, String>,
    /// The customer is asked so many days before the day.
    pub ask_days_before: u16,
    /// The money has to be there so many days before the day.
    pub paid_days_before: u16,
    /// The first that reaches the customer is used.
    pub channels: Vec<Channel>,
    /// Whom to tell that it is not there in time; empty: nobody.
    pub tell: String,
}

impl CreditRules {
    /// The evidence that a deal of this size needs. None: no rule names its currency.
    pub fn needed(&self, amount: Money) -> Option<Vec<EvidenceKind>> {
        let named = self.needs.values().any(|least| least.contains_key(&amount.currency));
        let needs = |kind: &EvidenceKind| {
            let least = self.needs.get(kind).and_then(|least| least.get(&amount.currency));
            least
                .and_then(|least| Money::parse(least, amount.currency).ok())
                .is_some_and(|least| amount.minor >= least.minor)
        };
        named.then(|| EvidenceKind::ALL.into_iter().filter(needs).collect())
    }

    pub fn price_max(&self, currency: Currency) -> Option<Money> {
        Money::parse(self.price_max.get(&currency)?, currency).ok()
    }
}

impl PrepaymentRules {
    /// What has to be paid before, of this amount, half a minor unit rounded up; none: nothing.
    pub fn due(&self, amount: Money) -> Option<Money> {
        let least = self.from.get(&amount.currency).and_then(|least| Money::parse(least, amount.currency).ok());
        if least.is_some_and(|least| amount.minor < least.minor) {
            return None;
        }
        let hundredths = i128::from(amount.minor).checked_mul(i128::from(self.share_percent))?;
        let minor = i64::try_from((hundredths + 50).div_euclid(100)).ok()?;
        (minor > 0).then_some(Money { minor, ..amount })
    }
}

pub(super) fn check(policy: &Policy) -> Result<(), Fault> {
    let fault =
        |section, key, text: String, hint: &str| Err(Fault { level: None, section, key, text, hint: hint.to_owned() });
    let decimal = "allowed: a plain decimal in quotes, such as EUR = \"5000.00\"";
    let (credit, coverage, prepayment) = (&policy.credit, &policy.coverage, &policy.prepayment);
    for least in credit.needs.values() {
        amounts(least).or_else(|text| fault("credit.needs", "", text, decimal))?;
    }
    amounts(&credit.price_max).or_else(|text| fault("credit", "price_max", text, decimal))?;
    for (key, days) in [("report_days", credit.report_days), ("valid_days", credit.valid_days)] {
        if days == 0 {
            return fault("credit", key, format!("`{key} = 0` would let nothing ever count"), "allowed: 1 and more");
        }
    }
    if coverage.days_before.len() > ENQUIRIES_MAX || coverage.days_before.iter().any(|days| *days > DAYS_BEFORE_MAX) {
        let text = "`days_before` is too long, or a day in it is too far away".to_owned();
        let hint = format!("allowed: at most {ENQUIRIES_MAX} numbers from 0 to {DAYS_BEFORE_MAX}, such as [7, 1]");
        return fault("coverage", "days_before", text, &hint);
    }
    if prepayment.share_percent > 100 {
        let text = "`share_percent` is a share in percent".to_owned();
        return fault("prepayment", "share_percent", text, "allowed: 0 to 100");
    }
    amounts(&prepayment.from).or_else(|text| fault("prepayment", "from", text, decimal))?;
    if prepayment.ask_days_before > DAYS_BEFORE_MAX || prepayment.paid_days_before > prepayment.ask_days_before {
        let text = "the money would have to be there before it is asked for, or it is asked for too early".to_owned();
        let hint = format!("allowed: `paid_days_before` up to `ask_days_before`, and that up to {DAYS_BEFORE_MAX}");
        return fault("prepayment", "paid_days_before", text, &hint);
    }
    if prepayment.share_percent > 0 && prepayment.channels.is_empty() {
        let text = "prepayment is asked for, and `channels` is empty".to_owned();
        return fault(
            "prepayment",
            "channels",
            text,
            "allowed: a list of `email`, `letter`, `sms`, `registered-letter`",
        );
    }
    Ok(())
}

impl Default for CreditRules {
    fn default() -> Self {
        Self {
            new_days: 180,
            short_days: 14,
            refused_days: 7,
            report_days: 180,
            valid_days: 365,
            tell: String::new(),
            needs: BTreeMap::new(),
            price_max: BTreeMap::new(),
        }
    }
}

impl Default for CoverageRules {
    fn default() -> Self {
        Self { days_before: vec![7, 1], tell: String::new() }
    }
}

impl Default for PrepaymentRules {
    fn default() -> Self {
        Self {
            share_percent: 0,
            new_customers_only: true,
            from: BTreeMap::new(),
            ask_days_before: 14,
            paid_days_before: 2,
            channels: vec![Channel::Email, Channel::Letter],
            tell: String::new(),
        }
    }
}
