//! What a notice costs the debtor, or why it costs nothing.

use jiff::civil::Date;

use super::{Claim, Line, Notice, Refusal};
use crate::money::Money;
use crate::pack::{Basis, Certainty, Compensation, FeeRule, Pack, Rule, Tradeoff};

/// Notices of one kind so far, after the due date.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sent {
    pub count: u16,
    pub charged: u16,
    pub last: Option<Date>,
}

/// The fee for a notice, and the line that says so; `open` is the principal at the time.
pub(super) fn fee(
    claim: &Claim,
    pack: &Pack,
    notice: &Notice,
    before: Sent,
    (open, fixed): (i64, Option<&Compensation>),
) -> Result<(i64, Line), Refusal> {
    let what = format!("{} of {}", notice.kind.as_str(), notice.sent);
    let zero = Money::zero(claim.principal.currency);
    let Some(rule) = pack.fee_for(claim.debtor, claim.actor, notice.kind, notice.sent) else {
        let text = format!("{what}: the pack states no fee for it; none is charged");
        let source = format!("pack {} {}", pack.country, pack.version);
        let line =
            Line { rule: "no-fee".to_owned(), text, source, certainty: Certainty::Unverified, amount: Some(zero) };
        return Ok((0, line));
    };
    let line = |text: String, amount| Line::of(rule.head(), text, Some(amount));
    if let Some(why) = free(claim, rule, notice, before, open, fixed) {
        return Ok((0, line(format!("{what}: nothing, {why} ({})", rule.title), zero)));
    }
    let stated = match rule.basis {
        Basis::ActualCost => notice.cost,
        _ => notice.cost.or(rule.amount),
    };
    let amount = match (stated, rule.cap) {
        (Some(stated), Some(cap)) if stated.currency == cap.currency && cap.minor < stated.minor => Some(cap),
        (stated, _) => stated,
    };
    let Some(amount) = amount else {
        return Ok((0, line(format!("{what}: nothing, what it cost was not stated ({})", rule.title), zero)));
    };
    let named = rule.cap.map_or(amount.currency, |cap| cap.currency);
    if let Some(stated) = [amount.currency, named].into_iter().find(|stated| *stated != claim.principal.currency) {
        return Err(Refusal::Currency { rule: rule.id.clone(), stated, claimed: claim.principal.currency });
    }
    Ok((amount.minor, line(format!("{what}: {}", rule.title), amount)))
}

/// Why a notice costs nothing; none when it does cost.
fn free(
    claim: &Claim,
    rule: &FeeRule,
    notice: &Notice,
    before: Sent,
    open: i64,
    fixed: Option<&Compensation>,
) -> Option<String> {
    if rule.basis == Basis::None {
        return Some("there is no such fee".to_owned());
    }
    if !notice.with_fee {
        return Some("no fee is asked for it".to_owned());
    }
    if notice.sent <= claim.due {
        return Some("it was sent before the debt was late".to_owned());
    }
    if open == 0 {
        return Some("no principal was open any more".to_owned());
    }
    if let Some(fixed) = fixed.filter(|fixed| fixed.with_fees == Tradeoff::Replaces) {
        return Some(format!("`{}` stands in its place", fixed.id));
    }
    if rule.first_is_free && before.count == 0 {
        return Some("the first is free".to_owned());
    }
    if rule.only_if_agreed && !notice.fee_agreed {
        return Some("a fee was not agreed".to_owned());
    }
    if rule.count_max.is_some_and(|most| before.charged >= most) {
        return Some(format!("{} were charged already", before.charged));
    }
    let since = before.last.and_then(|last| last.until(notice.sent).ok()).map(|span| span.get_days());
    let near = since.filter(|days| *days < i32::from(rule.gap_days))?;
    Some(format!("only {near} days after the one before"))
}
