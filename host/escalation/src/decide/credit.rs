//! Credit before the deal: is the evidence there, what comes of an application, and which terms are proposed.

use jiff::civil::Date;

use super::Work;
use crate::credit::{Advice, CreditApplication, CreditReport, CreditVerdict, EvidenceKind, ProposedTerms};
use crate::effect::Action;
use crate::event::Fact;
use crate::guard;
use crate::id::EffectKey;
use crate::invoice::plus_days;
use crate::upfront;

/// Bureaus have to be told why somebody asks.
const WHY_WE_ASK: &str = "an application for credit before a deal";

pub(super) fn consider(work: &mut Work<'_>) {
    if work.account.upfront.is_empty() {
        return;
    }
    let files: Vec<_> = work.account.upfront.applications.values().cloned().collect();
    for file in files {
        match &file.verdict {
            None => judge(work, &file.application),
            Some(verdict) if verdict.granted && !file.expired => expire(work, &file.application, verdict.until),
            Some(_) => {}
        }
    }
    propose_terms(work);
}

fn judge(work: &mut Work<'_>, application: &CreditApplication) {
    let (today, rules) = (work.today(), &work.policy.credit);
    let (id, amount) = (&application.id, application.amount);
    let Some(needed) = rules.needed(amount) else {
        let text = format!("`{id}` of {amount}: the policy names no evidence in this currency, a person decides");
        work.says("credit-undecided", text);
        return;
    };
    let missing: Vec<EvidenceKind> =
        needed.iter().copied().filter(|kind| !work.account.upfront.has(*kind, today, rules.report_days)).collect();
    let known = work.account.upfront.report_on(today, rules.report_days);
    if let Some(last) = known.map(|report| report.last_day(rules.report_days)) {
        work.wakes(plus_days(last, 1));
    }
    let coming = work.account.upfront.terms.iter().map(|terms| terms.agreed_on).filter(|day| *day > today).min();
    if let Some(day) = coming {
        work.wakes(day);
    }
    if missing.contains(&EvidenceKind::CreditReport) {
        order(work, application);
    }
    if !missing.is_empty() {
        let missing: Vec<&str> = missing.iter().map(|kind| kind.as_str()).collect();
        work.says("credit-evidence", format!("`{id}` of {amount} waits for {}", missing.join(", ")));
        return;
    }
    let report = work.account.upfront.report_on(today, rules.report_days);
    let report = report.filter(|_| needed.contains(&EvidenceKind::CreditReport)).cloned();
    conclude(work, application, report.as_ref());
}

/// One report for an application: it costs money.
fn order(work: &mut Work<'_>, application: &CreditApplication) {
    let key = EffectKey::new(format!("credit-report:{}", application.id));
    let action = Action::OrderCreditReport {
        application: application.id.clone(),
        amount: application.amount,
        reason: WHY_WE_ASK.to_owned(),
        price_max: work.policy.credit.price_max(application.amount.currency),
    };
    if let Some(guard) = guard::unknown_outcome(&work.account, &action) {
        work.says(&guard.code, guard.text);
    } else if work.account.effects.contains_key(&key) || !work.account.spent.contains(&key) {
        if !work.account.spent.contains(&key) {
            work.plans(key, None, action);
        }
    } else {
        let text = format!("no report for `{}` has come; a person looks after it", application.id);
        work.says("credit-report-awaited", text);
    }
}

/// All evidence is there. What the report advises is followed; where it leaves the question open, a person decides.
fn conclude(work: &mut Work<'_>, application: &CreditApplication, report: Option<&CreditReport>) {
    let (today, amount) = (work.today(), application.amount);
    let last_day = plus_days(today, i32::from(work.policy.credit.valid_days));
    let granted =
        |until: Date, because: String| CreditVerdict { granted: true, on: today, until: Some(until), because };
    let refused = |because: String| CreditVerdict { granted: false, on: today, until: None, because };
    let verdict = match report {
        None => granted(last_day, "all evidence that a deal of this size needs is there".to_owned()),
        Some(report) => {
            let named = format!("report `{}` of {}", report.report, report.bureau);
            let until = last_day.min(report.last_day(work.policy.credit.report_days));
            match (report.advice, report.limit) {
                (Advice::Decline, _) => refused(format!("{named} advises against it")),
                (_, Some(limit)) if limit.currency == amount.currency && limit.minor < amount.minor => {
                    refused(format!("{named} proposes {limit} at most"))
                }
                (Advice::Approve, Some(limit)) if limit.currency != amount.currency => {
                    return open(work, application, &format!("{named} states its limit in {}", limit.currency));
                }
                (Advice::Approve, _) => granted(until, format!("{named} advises it")),
                (Advice::Review, _) => return open(work, application, &format!("{named} leaves it open")),
            }
        }
    };
    let word = if verdict.granted { "granted" } else { "refused" };
    let text = format!("credit `{}` of {amount} is {word}: {}", application.id, verdict.because);
    work.says(if verdict.granted { "credit-granted" } else { "credit-refused" }, text.clone());
    if let Some(until) = verdict.until {
        work.wakes(plus_days(until, 1));
    }
    work.happens(Fact::CreditDecided { application: application.id.clone(), verdict });
    let key = format!("alert:credit:{}", application.id);
    let subject = format!("credit of {} {word}", work.name());
    work.alerts(&key, &work.policy.credit.tell, subject, text);
}

fn open(work: &mut Work<'_>, application: &CreditApplication, why: &str) {
    let text = format!("credit `{}` of {}: {why}, a person decides", application.id, application.amount);
    work.says("credit-undecided", text.clone());
    let key = format!("alert:credit-open:{}", application.id);
    let subject = format!("credit of {} has to be decided", work.name());
    work.alerts(&key, &work.policy.credit.tell, subject, text);
}

fn expire(work: &mut Work<'_>, application: &CreditApplication, until: Option<Date>) {
    let Some(until) = until else { return };
    if work.today() <= until {
        return work.wakes(plus_days(until, 1));
    }
    work.says("credit-expired", format!("credit `{}` of {} ended on {until}", application.id, application.amount));
    work.happens(Fact::CreditExpired { application: application.id.clone() });
}

/// Terms that were agreed stand, whatever the policy would propose. A proposal binds nobody: people agree, and record it.
fn propose_terms(work: &mut Work<'_>) {
    let today = work.today();
    let (net_days, because) = proposal(work, today);
    if let Some(terms) = work.account.upfront.terms_on(today) {
        let (days, on, proof) = (terms.net_days, terms.agreed_on, terms.proof.clone());
        let ends = terms.until;
        let instead = if days == net_days { String::new() } else { format!("; {net_days} days are not applied to it") };
        work.says("terms-on-record", format!("{days} days were agreed on {on} ({proof}){instead}"));
        if let Some(until) = ends {
            work.wakes(plus_days(until, 1));
        }
        return;
    }
    let last = upfront::new_until(&work.account, work.policy);
    if let Some(last) = last.filter(|last| today <= *last) {
        work.wakes(plus_days(last, 1));
    }
    let coming = work.account.upfront.terms.iter().map(|terms| terms.agreed_on).filter(|day| *day > today).min();
    if let Some(day) = coming {
        work.wakes(day);
    }
    let text = format!("{net_days} days are proposed: {because}");
    work.says("terms-proposed", text);
    if work.account.upfront.proposed.as_ref().is_none_or(|known| known.net_days != net_days) {
        work.happens(Fact::TermsProposed { terms: ProposedTerms { net_days, because } });
    }
}

fn proposal(work: &Work<'_>, today: Date) -> (u16, String) {
    let rules = &work.policy.credit;
    let decided = work.account.upfront.applications.values().filter(|file| file.verdict.is_some());
    let last = decided.max_by_key(|file| (file.application.applied_on, &file.application.id));
    if let Some(file) = last.filter(|file| file.verdict.as_ref().is_some_and(|verdict| !verdict.granted)) {
        return (rules.refused_days, format!("credit `{}` was refused", file.application.id));
    }
    if upfront::is_new(&work.account, work.policy, today) {
        let since = upfront::customer_since(&work.account);
        let since = since.map_or("with no day known since when".to_owned(), |since| format!("since {since}"));
        return (rules.short_days, format!("a new customer, {since}"));
    }
    (work.policy.terms.default_days, "a known customer".to_owned())
}
