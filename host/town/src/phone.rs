//! Phone: the call centre works its lists and writes down what was said.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::exchange::csv_text;
use crate::memory::Intent;
use crate::talk::{self, Answer};
use crate::tally::Tally;
use crate::world::Scene;
use crate::xml::decimal;
use crate::{TownError, days};

const LISTS: &str = "dialer/outgoing";
const RESULTS: &str = "dialer/results";
/// What the agents get done in a day.
const CALLS_PER_DAY: usize = 60;
/// A promise counts as broken when the money is not there so many bank days after the promised day.
const PROMISE_GRACE: i64 = 2;

const COLUMNS: [&str; 16] = [
    "result_id",
    "lead_id",
    "account",
    "disposition",
    "called_at",
    "duration_s",
    "agent",
    "promise_amount",
    "promise_currency",
    "promise_date",
    "invoice",
    "dispute_amount",
    "dispute_currency",
    "dispute_reason",
    "stop_medium",
    "note",
];

/// A line of a call list, as long as nobody has called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lead {
    pub lead_id: String,
    pub rank: u32,
    pub account: String,
    /// Joined by a space.
    pub invoices: String,
    pub expires_on: Date,
}

#[derive(Deserialize)]
struct Withdrawal {
    lead_id: String,
}

/// What a debtor said on the phone about money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Promise {
    pub invoices: Vec<String>,
    pub amount: i64,
    pub due_on: Date,
    pub paid: i64,
    /// None: still running.
    pub kept: Option<bool>,
}

/// Reads the lists and makes today's calls.
pub(crate) fn work(scene: &mut Scene<'_>) -> Result<(), TownError> {
    for name in scene.unread(LISTS, "calls-", ".csv")? {
        for lead in scene.exchange.table::<Lead>(LISTS, &name)? {
            scene.memory.tally.leads += 1;
            scene.memory.leads.insert(lead.lead_id.clone(), lead);
        }
    }
    for name in scene.unread(LISTS, "withdraw-", ".csv")? {
        for withdrawal in scene.exchange.table::<Withdrawal>(LISTS, &name)? {
            if scene.memory.leads.remove(&withdrawal.lead_id).is_some() {
                scene.memory.tally.leads_withdrawn += 1;
            }
        }
    }
    let today = scene.today;
    scene.memory.leads.retain(|_, lead| lead.expires_on >= today);
    if days::is_bank_day(today) {
        call(scene);
    }
    Ok(())
}

fn call(scene: &mut Scene<'_>) {
    let mut leads: Vec<Lead> = scene.memory.leads.values().cloned().collect();
    leads.sort_by(|one, other| (one.rank, &one.lead_id).cmp(&(other.rank, &other.lead_id)));
    let mut rows: Vec<Vec<String>> = vec![COLUMNS.iter().map(|name| (*name).to_owned()).collect()];
    for lead in leads.into_iter().take(CALLS_PER_DAY) {
        let mut dice = scene.dice(&format!("call {}", lead.lead_id));
        // Agents do not get to every number every day; the next day is tried again.
        if lead.expires_on > scene.today && dice.percent(20) {
            continue;
        }
        scene.memory.leads.remove(&lead.lead_id);
        let numbers: Vec<String> = lead.invoices.split_whitespace().map(str::to_owned).collect();
        let answer = talk::answer(scene, &numbers, &mut dice);
        rows.push(row(scene, &lead, &numbers, &answer, rows.len()));
        remember(scene, numbers, answer);
    }
    if rows.len() > 1 {
        scene.leave(RESULTS, format!("results-{}.csv", scene.today), csv_text(rows));
    }
}

fn row(scene: &Scene<'_>, lead: &Lead, numbers: &[String], answer: &Answer, place: usize) -> Vec<String> {
    let currency = numbers.iter().find_map(|number| scene.world.invoice(number)).map_or("", |invoice| invoice.currency);
    let promise = answer.promise.as_ref();
    let complaint = answer.complaint.as_ref();
    // One number at a time: the one disputed, or the only one that the call was about.
    let invoice = match (complaint, numbers) {
        (Some((number, _)), _) => number.clone(),
        (None, [only]) => only.clone(),
        _ => String::new(),
    };
    let minute = place as i64 * 7;
    vec![
        format!("R-{}-{place:03}", scene.today),
        lead.lead_id.clone(),
        lead.account.clone(),
        answer.disposition.to_owned(),
        format!("{}T{:02}:{:02}:00", scene.today, 9 + minute / 60 % 8, minute % 60),
        answer.seconds.to_string(),
        ["harms", "petersen", "yilmaz"][place % 3].to_owned(),
        promise.map(|(amount, _)| decimal(*amount)).unwrap_or_default(),
        promise.map(|_| currency.to_owned()).unwrap_or_default(),
        promise.map(|(_, on)| on.to_string()).unwrap_or_default(),
        invoice,
        complaint.map(|(_, complaint)| decimal(complaint.net + complaint.tax)).unwrap_or_default(),
        complaint.map(|_| currency.to_owned()).unwrap_or_default(),
        complaint.map(|(_, complaint)| complaint.reason.clone()).unwrap_or_default(),
        if answer.stop { "call".to_owned() } else { String::new() },
        answer.note.to_owned(),
    ]
}

fn remember(scene: &mut Scene<'_>, numbers: Vec<String>, answer: Answer) {
    let memory = &mut scene.memory;
    memory.tally.calls += 1;
    *memory.tally.dispositions.entry(answer.disposition.to_owned()).or_default() += 1;
    if answer.stop {
        memory.tally.stop_requests += 1;
    }
    if let Some((number, complaint)) = answer.complaint
        && let Some(item) = memory.items.get_mut(&number)
    {
        item.complaint = Some(complaint);
        memory.tally.disputes += 1;
    }
    for (number, amount, on) in answer.will_pay {
        if let Some(item) = memory.items.get_mut(&number) {
            item.intent = Some(Intent { on, amount });
        }
    }
    if let Some((amount, due_on)) = answer.promise {
        memory.tally.promises_made += 1;
        memory.promises.push(Promise { invoices: numbers, amount, due_on, paid: 0, kept: None });
    }
}

/// A payment counts for every running promise about its invoices.
pub(crate) fn count_for_promises(promises: &mut [Promise], invoice: &str, amount: i64, tally: &mut Tally) {
    for promise in promises.iter_mut().filter(|promise| promise.kept.is_none()) {
        if promise.invoices.iter().any(|number| number == invoice) {
            promise.paid += amount;
            if promise.paid >= promise.amount {
                promise.kept = Some(true);
                tally.promises_kept += 1;
            }
        }
    }
}

pub(crate) fn judge_promises(scene: &mut Scene<'_>) {
    let today = scene.today;
    for promise in scene.memory.promises.iter_mut().filter(|promise| promise.kept.is_none()) {
        if today > days::bank_days_later(promise.due_on, PROMISE_GRACE) {
            promise.kept = Some(false);
            scene.memory.tally.promises_broken += 1;
        }
    }
}
