//! What happens before a debt exists: applications, reports, agreements, appointments and orders.

use jiff::civil::Date;

use crate::account::Account;
use crate::credit::{CreditApplication, CreditFile, CreditReport, CreditVerdict};
use crate::engagement::{Cover, Engagement, Waiting};
use crate::event::Fact;
use crate::id::{ApplicationId, EngagementId};
use crate::upfront::{KEPT_MAX, Upfront};

pub(super) fn took_place(account: &mut Account, fact: &Fact, on: Date) {
    let upfront = &mut account.upfront;
    match fact {
        Fact::CustomerSince { since } => upfront.customer_since = Some(*since),
        Fact::CreditApplied { application } => applied(upfront, application),
        Fact::CreditReported { report } => reported(upfront, report),
        Fact::EvidenceRecorded { evidence } => keep(&mut upfront.evidence, evidence.clone()),
        Fact::TermsRecorded { terms } => {
            keep(&mut upfront.terms, terms.clone());
            upfront.proposed = None;
        }
        Fact::TermsProposed { terms } => upfront.proposed = Some(terms.clone()),
        Fact::CreditDecided { application, verdict } => decided(upfront, application, verdict, on),
        Fact::CreditExpired { application } => {
            if let Some(file) = upfront.applications.get_mut(application) {
                file.expired = true;
            }
        }
        Fact::Engaged { engagement } => engaged(upfront, engagement),
        Fact::EngagementEnded { engagement, .. } => {
            upfront.waiting.remove(engagement);
        }
        Fact::CoverReported { engagement, cover } => covered(upfront, engagement, cover),
        Fact::CoverLapsed { engagement, .. } => {
            if let Some(waiting) = upfront.waiting.get_mut(engagement) {
                waiting.lapsed = true;
            }
        }
        _ => {}
    }
}

/// The first word on an application counts; beyond the bound the oldest that was decided makes room.
fn applied(upfront: &mut Upfront, application: &CreditApplication) {
    let files = &mut upfront.applications;
    if files.len() >= KEPT_MAX && !files.contains_key(&application.id) {
        let oldest = files.values().filter(|file| !file.is_open()).min_by_key(|file| file.application.applied_on);
        let Some(oldest) = oldest.map(|file| file.application.id.clone()) else { return };
        files.remove(&oldest);
    }
    let file = || CreditFile { application: application.clone(), verdict: None, expired: false };
    files.entry(application.id.clone()).or_insert_with(file);
}

/// A report is paid for once, however often it is told.
fn reported(upfront: &mut Upfront, report: &CreditReport) {
    let same = |known: &&CreditReport| known.report == report.report && known.bureau == report.bureau;
    if upfront.reports.iter().any(|known| same(&known)) {
        return;
    }
    if let Some(price) = report.price {
        let costs = upfront.report_costs.entry(price.currency).or_default();
        *costs = costs.saturating_add(price.minor);
    }
    keep(&mut upfront.reports, report.clone());
}

fn decided(upfront: &mut Upfront, application: &ApplicationId, verdict: &CreditVerdict, on: Date) {
    if let Some(file) = upfront.applications.get_mut(application) {
        file.verdict = Some(CreditVerdict { on, ..verdict.clone() });
        file.expired = false;
    }
}

/// Another day or another payer is another question: what was known of the cover does not answer it.
fn engaged(upfront: &mut Upfront, engagement: &Engagement) {
    let known = upfront.waiting.get(&engagement.id);
    if known.is_none() && upfront.waiting.len() >= KEPT_MAX {
        let Some(first) = upfront.waiting.values().min_by_key(|known| known.engagement.on) else { return };
        let first = first.engagement.id.clone();
        upfront.waiting.remove(&first);
    }
    let known = upfront.waiting.remove(&engagement.id);
    let of_the_day = known.filter(|old| old.engagement.on == engagement.on);
    let asked = of_the_day.as_ref().filter(|old| old.engagement.amount == engagement.amount).and_then(|old| old.asked);
    let same_payer = of_the_day.filter(|old| old.engagement.insured == engagement.insured);
    let (cover, lapsed) = same_payer.map_or((None, false), |old| (old.cover, old.lapsed));
    let waiting = Waiting { engagement: engagement.clone(), cover, lapsed, asked };
    upfront.waiting.insert(engagement.id.clone(), waiting);
}

fn covered(upfront: &mut Upfront, engagement: &EngagementId, cover: &Cover) {
    let Some(waiting) = upfront.waiting.get_mut(engagement) else { return };
    let newer = waiting.cover.as_ref().is_none_or(|known| known.checked_on <= cover.checked_on);
    if newer {
        waiting.lapsed &= cover.gap(waiting.engagement.on).is_some();
        waiting.cover = Some(cover.clone());
    }
}

/// The customer was asked to pay before, or it turned out that nobody can ask: it is not asked again.
pub(super) fn asked(account: &mut Account, engagement: &EngagementId, on: Date) {
    if let Some(waiting) = account.upfront.waiting.get_mut(engagement) {
        waiting.asked = Some(on);
    }
}

fn keep<T>(kept: &mut Vec<T>, one: T) {
    kept.push(one);
    let excess = kept.len().saturating_sub(KEPT_MAX);
    kept.drain(..excess);
}
