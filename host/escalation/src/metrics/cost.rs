//! What it costs to serve a customer in a period: contacts at their prices, late money at the price of money, agencies'
//! commission; beside the margin of what was sold.

use std::str::FromStr;

use super::MetricsError;
use super::calls::Contacts;
use super::position::Position;
use super::ratio::Ratio;
use crate::money::{Currency, Money};

const PRICE_MAX: i64 = 1_000_000;
const DECIMALS: usize = 6;
const MILLION: i128 = 1_000_000;
/// Price of money by the day: a year has 365 days.
const YEAR_DAYS: i128 = 365;

/// Millionths of a whole unit, or of a percent: an e-mail may cost less than a cent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price(i64);

/// What one of each costs the creditor, all told, wages included. Theirs to say: nothing is assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitCosts {
    pub currency: Currency,
    pub email: Price,
    pub sms: Price,
    pub letter: Price,
    pub registered_letter: Price,
    /// A dial, whoever answers.
    pub call: Price,
    /// A year's price of money that is late, in percent; of every currency. Terms that were granted are in the price of the goods.
    pub financing_percent: Price,
    /// Margin of sales, in percent, to hold the cost against.
    pub margin_percent: Option<Price>,
}

/// Cost in one currency, each part rounded once, half away from zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Contacts x price, in the currency of the prices.
    pub contacts: Money,
    /// Past due x days of the period / 365 x percent / 100.
    pub financing: Money,
    /// What agencies keep or are owed of what came in in the period.
    pub commission: Money,
    /// The sum of the three.
    pub total: Money,
    /// Sales of the period x percent / 100.
    pub margin: Option<Money>,
}

impl FromStr for Price {
    type Err = MetricsError;

    fn from_str(text: &str) -> Result<Self, MetricsError> {
        let wrong = || MetricsError::Price(text.to_owned());
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > DECIMALS {
            return Err(wrong());
        }
        let millionths: i64 = format!("{whole}{part:0<DECIMALS$}").parse().map_err(|_| wrong())?;
        if millionths > PRICE_MAX * 1_000_000 { Err(wrong()) } else { Ok(Self(millionths)) }
    }
}

impl UnitCosts {
    /// The cost of one currency; contacts cost only in the currency of their prices.
    pub fn cost(&self, currency: Currency, position: &Position, contacts: &Contacts) -> Cost {
        let money = |over: i128, under: i128| {
            let minor = Ratio::new(over, under).map_or(0, |ratio| ratio.rounded());
            Money::new(i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX }), currency)
        };
        let contacts = if currency == self.currency { self.contacts(contacts) } else { 0 };
        let minor_units = 10_i128.pow(currency.decimals());
        let contacts = money(contacts * minor_units, MILLION);
        let financing = money(position.late_days * i128::from(self.financing_percent.0), MILLION * 100 * YEAR_DAYS);
        let commission = money(position.commission, 1);
        let total = contacts.minor.saturating_add(financing.minor).saturating_add(commission.minor);
        let margin = |percent: Price| money(position.sales * i128::from(percent.0), MILLION * 100);
        Cost {
            contacts,
            financing,
            commission,
            total: Money::new(total, currency),
            margin: self.margin_percent.map(margin),
        }
    }

    /// In millionths of the whole unit.
    fn contacts(&self, contacts: &Contacts) -> i128 {
        let priced = [
            (contacts.emails, self.email),
            (contacts.sms, self.sms),
            (contacts.letters, self.letter),
            (contacts.registered_letters, self.registered_letter),
            (contacts.calls.dials, self.call),
        ];
        priced.into_iter().map(|(count, price)| i128::from(count) * i128::from(price.0)).sum()
    }
}
