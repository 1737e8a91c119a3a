//! Segments by rule: which accounts are treated by which ladder. The first that applies counts; the last has no condition.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Policy;
use crate::account::Account;
use crate::invoice::plus_days;
use crate::money::{Currency, Money};
use crate::party::PartyKind;
use crate::score::{self, Score};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    pub id: String,
    /// `standard`, or the name of a `[[ladder]]`.
    pub ladder: String,
    /// Who is in charge of its accounts, unless a person gives one to somebody else.
    #[serde(default)]
    pub collector: Option<String>,
    #[serde(default)]
    pub when: SegmentCondition,
}

/// All of it has to hold. What is not known (no score yet, no country) holds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SegmentCondition {
    /// What the account owes in all, due or not, in major units by currency: at least so much in one of the currencies named.
    pub owes_min: BTreeMap<Currency, String>,
    /// Less than so much, in each currency in which it owes anything; a currency not named does not hold.
    pub owes_below: BTreeMap<Currency, String>,
    /// Customer for at least so many days, counted from the issue date of the first invoice.
    pub customer_days_min: Option<u16>,
    /// Customer for fewer days than this.
    pub customer_days_below: Option<u16>,
    /// ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    pub debtor_kinds: Vec<PartyKind>,
    /// Owes something in one of these.
    pub currencies: Vec<Currency>,
    /// Owes something for one of these, by the words of the accounting package.
    pub products: Vec<String>,
    /// See [`crate::score`]: 0 to 100.
    pub score_min: Option<u8>,
    pub score_below: Option<u8>,
}

/// The segment that applies, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<'a> {
    pub segment: &'a Segment,
    pub because: String,
    /// The first day on which another may apply although nothing happened.
    pub until: Option<Date>,
}

impl Policy {
    /// None: this policy knows no segments.
    pub fn segment_of(&self, account: &Account, today: Date) -> Option<Chosen<'_>> {
        let asks_score = |when: &SegmentCondition| when.score_min.is_some() || when.score_below.is_some();
        let scored = self.segments.iter().any(|segment| asks_score(&segment.when));
        let facts = Known {
            owes: account.open(),
            since: account.items.values().map(|item| item.invoice.issued_on).min(),
            score: if scored { score::score(account, &self.score, today) } else { None },
            account,
        };
        let mut until = scored.then(|| score::changes_on(today));
        for segment in &self.segments {
            let ages = [segment.when.customer_days_min, segment.when.customer_days_below].into_iter().flatten();
            for day in ages.filter_map(|days| Some(plus_days(facts.since?, i32::from(days)))) {
                if day > today {
                    until = Some(until.map_or(day, |known| known.min(day)));
                }
            }
        }
        self.segments.iter().find_map(|segment| {
            let said = facts.holds(&segment.when, today)?;
            let because = if said.is_empty() { "no other segment applies".to_owned() } else { said.join(", ") };
            Some(Chosen { segment, because, until })
        })
    }
}

/// What a condition is held against.
struct Known<'a> {
    account: &'a Account,
    owes: Vec<Money>,
    since: Option<Date>,
    score: Option<Score>,
}

impl Known<'_> {
    /// A sentence for each part of the condition; none: it does not hold.
    fn holds(&self, when: &SegmentCondition, today: Date) -> Option<Vec<String>> {
        let mut said = Vec::new();
        let limit = |limits: &BTreeMap<Currency, String>, owed: &Money| {
            limits.get(&owed.currency).and_then(|text| Money::parse(text, owed.currency).ok())
        };
        if !when.owes_min.is_empty() {
            let large = self.owes.iter().find_map(|owed| {
                let least = limit(&when.owes_min, owed)?;
                (owed.minor >= least.minor).then(|| format!("owes {owed}, {least} or more"))
            });
            said.push(large?);
        }
        if !when.owes_below.is_empty() {
            let below = |owed: &Money| limit(&when.owes_below, owed).is_some_and(|limit| owed.minor < limit.minor);
            if !self.owes.iter().all(below) {
                return None;
            }
            let owed: Vec<String> = self.owes.iter().map(ToString::to_string).collect();
            said.push(format!("owes {} only", owed.join(" and ")));
        }
        said.extend(self.age(when, today)?);
        let debtor = &self.account.debtor;
        if !when.countries.is_empty() {
            said.push(when.countries.contains(&debtor.country).then(|| format!("is in `{}`", debtor.country))?);
        }
        if !when.debtor_kinds.is_empty() {
            let kind = debtor.kind;
            said.push(when.debtor_kinds.contains(&kind).then(|| format!("is a debtor of kind `{}`", kind.as_str()))?);
        }
        if !when.currencies.is_empty() {
            let owed = self.owes.iter().find(|owed| when.currencies.contains(&owed.currency))?;
            said.push(format!("owes {}", owed.currency));
        }
        if !when.products.is_empty() {
            let open = self.account.items.values().filter(|item| item.is_open());
            let owed = open.flat_map(|item| &item.invoice.products).find(|product| when.products.contains(product))?;
            said.push(format!("owes for `{owed}`"));
        }
        said.extend(self.paying(when)?);
        Some(said)
    }

    fn age(&self, when: &SegmentCondition, today: Date) -> Option<Option<String>> {
        if when.customer_days_min.is_none() && when.customer_days_below.is_none() {
            return Some(None);
        }
        let since = self.since?;
        let reached = |days: u16| today >= plus_days(since, i32::from(days));
        let old = when.customer_days_min.is_none_or(reached);
        let young = when.customer_days_below.is_none_or(|days| !reached(days));
        (old && young).then(|| Some(format!("is a customer since {since}")))
    }

    fn paying(&self, when: &SegmentCondition) -> Option<Option<String>> {
        if when.score_min.is_none() && when.score_below.is_none() {
            return Some(None);
        }
        let score = self.score?;
        let high = when.score_min.is_none_or(|least| score.points >= least);
        let low = when.score_below.is_none_or(|limit| score.points < limit);
        let Score { points, invoices, on_time, days_late } = score;
        (high && low).then(|| {
            Some(format!(
                "payer score {points}: {on_time} of {invoices} invoices on time, {days_late} days late on average"
            ))
        })
    }
}
