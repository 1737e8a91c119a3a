//! What a letter must contain: every demand, and more where the debtor's country asks for it. A letter that lacks it is refused.

use escalation::Packs;
use escalation::pack::{Field, NoticePeriod};

use crate::block::Tag;
use crate::error::LetterError;
use crate::facts::{ChargeKind, Facts};
use crate::kind::Kind;
use crate::sheet::Part;
use crate::templates::Written;
use crate::values::Values;

/// The Act that a claim for statutory interest in Britain names.
const LATE_PAYMENT_ACT: &str = "Late Payment of Commercial Debts (Interest) Act 1998";

/// The list of what is missing, in the order of a letter.
///
/// Amounts, days and names are looked for in the finished text, so a template that forgets a field is found out whatever it
/// calls it. What a paragraph says no check can read; it is found by its mark (`[dispute]`, `[next-step]`, `[further-costs]`).
pub(crate) fn lacks(written: &Written, values: &Values, facts: &Facts, packs: &Packs) -> Vec<String> {
    let mut lacks = Vec::new();
    if written.kind == Kind::Internal {
        return lacks;
    }
    let text = format!("{}\n{}", written.subject, written.text());
    let mut must = |there: bool, what: String| {
        if !there {
            lacks.push(what);
        }
    };
    let shows = |value: &str| !value.is_empty() && text.contains(value);
    must(shows(&values.creditor.name), "the creditor's name".to_owned());
    must(shows(&values.sender.address.join(", ")), "the sender's address".to_owned());
    must(shows(&values.sender.email) || shows(&values.sender.phone), "a way to reach the sender".to_owned());
    must(!values.debtor.name.is_empty(), "the debtor's name".to_owned());
    must(
        privacy(written),
        "what happens with the debtor's data (GDPR art. 13 and 14; the mark `[signature]` says it)".to_owned(),
    );
    if written.kind.is_demand() {
        demand(written, values, &text, &mut must);
        charges(facts, values, &text, &mut must);
        last(written, facts, packs, &text, &mut must);
    }
    if written.kind == Kind::Invoice {
        demand(written, values, &text, &mut must);
    }
    if written.kind == Kind::Prepayment {
        payable(written, values, &text, &mut must);
        must(values.deadline.as_deref().is_some_and(shows), "the day to pay by".to_owned());
    }
    if written.kind == Kind::SuspensionWarning {
        must(has(written, Tag::NextStep), "what will happen (a paragraph marked `[next-step]`)".to_owned());
    }
    if written.kind == Kind::PaymentPlan {
        must(!facts.plan.is_empty(), "the instalments of the plan".to_owned());
        for part in &values.plan {
            let there = shows(&part.amount) && shows(&part.due_on);
            must(there, format!("instalment {} with its day and amount", part.number));
        }
    }
    lacks
}

/// Refuses a letter that lacks something.
pub(crate) fn check(written: &Written, values: &Values, facts: &Facts, packs: &Packs) -> Result<(), LetterError> {
    let lacks = lacks(written, values, facts, packs);
    if lacks.is_empty() {
        return Ok(());
    }
    let hint = "complete `[creditor]` in dunlin.toml, the debtor at its source, or the template; config/letters/README.md lists the marks";
    Err(LetterError::Lacks { template: format!("{}/{}", written.language, written.template), lacks, hint })
}

/// What every demand contains: which invoices, what is open, how to pay, how to object.
fn demand(written: &Written, values: &Values, text: &str, must: &mut impl FnMut(bool, String)) {
    must(!values.items.is_empty(), "an open invoice".to_owned());
    payable(written, values, text, must);
    for item in &values.items {
        let fields = [
            (&item.invoice, "the number"),
            (&item.issued_on, "the day of issue"),
            (&item.due_on, "the due date"),
            (&item.original, "the amount"),
            (&item.open, "what is open"),
        ];
        for (value, what) in fields {
            must(text.contains(value.as_str()), format!("{what} of invoice {}", item.invoice));
        }
    }
}

/// How much, where to, under which reference, and how to object.
fn payable(written: &Written, values: &Values, text: &str, must: &mut impl FnMut(bool, String)) {
    must(text.contains(&values.total), "the total".to_owned());
    must(
        !values.creditor.iban.is_empty() && text.contains(&values.creditor.iban),
        "the account to pay to (`creditor.iban`)".to_owned(),
    );
    must(!values.reference.is_empty() && text.contains(&values.reference), "the payment reference".to_owned());
    must(has(written, Tag::Dispute), "how to object (a paragraph marked `[dispute]`)".to_owned());
}

/// Each charge named, with its amount and its law; interest with rate and days too.
fn charges(facts: &Facts, values: &Values, text: &str, must: &mut impl FnMut(bool, String)) {
    for charge in &values.charges {
        let what = if charge.kind == "fee" { charge.name.as_str() } else { charge.kind };
        let mut fields = vec![(&charge.amount, "the amount"), (&charge.law, "the law or agreement")];
        match charge.kind {
            "interest" => fields.extend([
                (&charge.rate, "the rate"),
                (&charge.principal, "the principal"),
                (&charge.from, "the first day"),
                (&charge.to, "the last day"),
            ]),
            "fee" => fields.push((&charge.name, "the name")),
            _ => {}
        }
        for (value, field) in fields {
            must(!value.is_empty() && text.contains(value.as_str()), format!("{field} of the {what}"));
        }
    }
    let statutory = |what: &ChargeKind| matches!(what, ChargeKind::Interest { .. } | ChargeKind::Compensation);
    if facts.debtor.country == "GB" && facts.charges.iter().any(|charge| statutory(&charge.what)) {
        must(text.contains(LATE_PAYMENT_ACT), format!("the name of the {LATE_PAYMENT_ACT}"));
    }
}

/// The last letter names a day, far enough away where the country says so, and what comes after it.
fn last(written: &Written, facts: &Facts, packs: &Packs, text: &str, must: &mut impl FnMut(bool, String)) {
    if !written.kind.is_last() {
        return;
    }
    let shown = facts.deadline.map(|deadline| crate::notation::day(deadline, &written.language));
    must(shown.is_some_and(|day| text.contains(&day)), "the day to pay by (`deadline_days` of the level)".to_owned());
    must(has(written, Tag::NextStep), "what will happen (a paragraph marked `[next-step]`)".to_owned());
    // Without a pack nobody is written to by the ladder; a person who writes by hand answers for it.
    let Ok(pack) = packs.of(&facts.debtor.country) else { return };
    let kind = facts.debtor.kind;
    if let Some(rule) = pack.last_notice_period(kind, facts.today) {
        let lawful = rule.last_day(facts.today, pack.calendar.as_ref());
        let in_time = lawful.is_ok_and(|day| facts.deadline.is_some_and(|deadline| deadline >= day));
        let days = facts.deadline.map_or(0, |deadline| escalation::invoice::days_between(facts.today, deadline));
        let NoticePeriod { days: least, source, .. } = rule;
        must(in_time, format!("a day to pay by at least {least} days after sending ({source}; it has {days})"));
    }
    if pack.last_letter_says(kind, Field::FurtherCostsWarning, facts.today) {
        must(
            has(written, Tag::FurtherCosts),
            format!("that further costs may follow (a paragraph marked `[further-costs]`; pack {})", pack.country),
        );
    }
}

fn has(written: &Written, tag: Tag) -> bool {
    written.parts.iter().any(|part| {
        matches!(part, Part::Paragraph { purpose: Some(purpose), text } if *purpose == tag.as_str() && !text.is_empty())
    })
}

fn privacy(written: &Written) -> bool {
    written.parts.iter().any(|part| matches!(part, Part::Signature(signature) if !signature.privacy.is_empty()))
}
