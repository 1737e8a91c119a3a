//! The answer to `dunlin claim` as programs read it: amounts as decimal texts, what is not known as null.

use escalation::claim::{Allocated, Answer, Arisen, Claim, Line, Segment};
use escalation::pack::{ActorRole, NoPack};
use escalation::party::PartyKind;
use escalation::{Date, Money};
use serde::Serialize;

#[derive(Serialize)]
pub struct View {
    pub country: String,
    /// The version of the pack.
    pub pack: Option<String>,
    pub debtor: PartyKind,
    pub actor: ActorRole,
    pub currency: String,
    pub amount: String,
    pub due: Date,
    pub as_of: Date,
    pub principal_open: Option<String>,
    pub interest: Option<String>,
    pub fees: Option<String>,
    pub compensation: Option<String>,
    pub total: Option<String>,
    pub arisen: Option<ArisenView>,
    pub segments: Vec<SegmentView>,
    pub payments: Vec<PaymentView>,
    pub rules: Vec<RuleView>,
    pub refused: Vec<String>,
}

/// What arose, before payments took from it.
#[derive(Serialize)]
pub struct ArisenView {
    pub interest: String,
    pub fees: String,
    pub compensation: String,
}

#[derive(Serialize)]
pub struct SegmentView {
    pub from: Date,
    pub to: Date,
    pub days: i32,
    pub principal: String,
    /// Percent a year.
    pub rate: String,
    pub day_count: &'static str,
    /// Six decimals of `exact`.
    pub amount: String,
    /// A fraction.
    pub exact: String,
    pub note: String,
    pub source: String,
    pub certainty: &'static str,
}

#[derive(Serialize)]
pub struct PaymentView {
    pub on: Date,
    pub amount: String,
    pub costs: String,
    pub interest: String,
    pub principal: String,
    pub unapplied: String,
}

#[derive(Serialize)]
pub struct RuleView {
    pub id: String,
    pub text: String,
    pub source: String,
    pub certainty: &'static str,
    pub amount: Option<String>,
}

/// Decimals of a segment's amount.
const PLACES: u32 = 6;

impl View {
    pub fn of(claim: &Claim, answer: &Answer) -> Self {
        let plain = |amount: Option<Money>| amount.map(|amount| amount.plain());
        Self {
            pack: Some(answer.pack_version.clone()),
            principal_open: plain(answer.principal_open),
            interest: plain(answer.interest),
            fees: plain(answer.fees),
            compensation: plain(answer.compensation),
            total: plain(answer.total),
            arisen: answer.arisen.map(arisen),
            segments: answer.segments.iter().map(segment).collect(),
            payments: answer.payments.iter().map(payment).collect(),
            rules: answer.rules.iter().map(rule).collect(),
            refused: answer.refused.iter().map(ToString::to_string).collect(),
            ..Self::empty(claim, &answer.country)
        }
    }

    pub fn without_pack(claim: &Claim, country: &str, refusal: &NoPack) -> Self {
        Self { refused: vec![refusal.to_string()], ..Self::empty(claim, country) }
    }

    fn empty(claim: &Claim, country: &str) -> Self {
        Self {
            country: country.to_owned(),
            pack: None,
            debtor: claim.debtor,
            actor: claim.actor,
            currency: claim.principal.currency.to_string(),
            amount: claim.principal.plain(),
            due: claim.due,
            as_of: claim.as_of,
            principal_open: None,
            interest: None,
            fees: None,
            compensation: None,
            total: None,
            arisen: None,
            segments: Vec::new(),
            payments: Vec::new(),
            rules: Vec::new(),
            refused: Vec::new(),
        }
    }
}

fn arisen(arisen: Arisen) -> ArisenView {
    ArisenView {
        interest: arisen.interest.plain(),
        fees: arisen.fees.plain(),
        compensation: arisen.compensation.plain(),
    }
}

fn segment(segment: &Segment) -> SegmentView {
    let exact = segment.exact_amount();
    SegmentView {
        from: segment.from,
        to: segment.to,
        days: segment.days,
        principal: segment.principal.plain(),
        rate: segment.rate.to_string(),
        day_count: segment.day_count.as_str(),
        amount: exact.and_then(|exact| exact.decimal(PLACES)).unwrap_or_default(),
        exact: exact.map(|exact| exact.to_string()).unwrap_or_default(),
        note: segment.note.clone(),
        source: segment.source.clone(),
        certainty: segment.certainty.as_str(),
    }
}

fn payment(payment: &Allocated) -> PaymentView {
    PaymentView {
        on: payment.on,
        amount: payment.amount.plain(),
        costs: payment.costs.plain(),
        interest: payment.interest.plain(),
        principal: payment.principal.plain(),
        unapplied: payment.unapplied.plain(),
    }
}

fn rule(line: &Line) -> RuleView {
    RuleView {
        id: line.rule.clone(),
        text: line.text.clone(),
        source: line.source.clone(),
        certainty: line.certainty.as_str(),
        amount: line.amount.map(|amount| amount.plain()),
    }
}
