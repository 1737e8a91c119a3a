//! Why an account was treated as it was on a day: from the decisions that were recorded then, not computed anew.

use engine::limits;
use escalation::{Account, AccountId, Date, DateTime, Reason, evolve, explain};
use serde::Serialize;
use store::lane::{DECISIONS_KEPT_MAX, DecisionRow};
use store::{Content, Store, StoreError};
use thiserror::Error;

use crate::api::narrate;

/// The record of a day.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    pub account: AccountId,
    pub name: String,
    pub on: Date,
    /// As it stood at the end of the day.
    pub open: Vec<escalation::Money>,
    pub overdue: Vec<escalation::Money>,
    /// What the policy took, and how effects ended, on that day; in order.
    pub taken: Vec<String>,
    /// The decision that stood at the end of the day; none: none was made up to then, or it is not kept any more.
    pub decision: Option<Told>,
    pub lines: Vec<String>,
}

/// A decision, as recorded.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// When it was made first, and last up to the end of the day as far as that is known.
    pub at: DateTime,
    pub last_at: DateTime,
    /// It was made on the day that was asked for; otherwise it still held.
    pub on_that_day: bool,
    /// Name and version.
    pub policy: String,
    pub because: Vec<Reason>,
    pub look_again: Option<DateTime>,
}

#[derive(Debug, Error)]
pub enum Unknown {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no account `{0}` on {1}\n\nhint: the accounts are listed on the desk, and under `/api/accounts`")]
    NoAccount(AccountId, Date),
    #[error("account `{0}` was erased: nothing is known of it any more")]
    Erased(AccountId),
    #[error("{0}")]
    Unreadable(String),
}

/// The record of an account on a day.
pub async fn of(store: &dyn Store, id: &AccountId, day: Date) -> Result<Record, Unknown> {
    let (account, taken) = as_of(store, id, day).await?.ok_or_else(|| Unknown::NoAccount(id.clone(), day))?;
    let kept = u32::try_from(DECISIONS_KEPT_MAX).unwrap_or(u32::MAX);
    let decisions = store.decisions(id, kept).await?;
    let gone = decisions.len() == kept as usize;
    let decision = standing(decisions, day);
    let lines = lines(&account, &taken, decision.as_ref(), day, gone);
    Ok(Record {
        account: id.clone(),
        name: account.debtor.name.clone(),
        on: day,
        open: account.open(),
        overdue: account.overdue(day),
        taken,
        decision,
        lines,
    })
}

/// The account as its events made it up to the end of a day, and what was decided and done on it.
async fn as_of(store: &dyn Store, id: &AccountId, day: Date) -> Result<Option<(Account, Vec<String>)>, Unknown> {
    let mut account = Account::new(id.clone());
    let mut taken = Vec::new();
    let (mut seq, mut known) = (0, false);
    loop {
        let page = store.journal(id, seq, limits::JOURNAL_PAGE).await?;
        let Some(last) = page.last().map(|entry| entry.seq) else { break };
        for entry in &page {
            match (entry.effective(), &entry.content) {
                (Some(event), _) if event.at.date() <= day => {
                    known = true;
                    if event.at.date() == day && matches!(event.source(), "policy" | "dispatch") {
                        let told = narrate::fact(&event.fact);
                        let detail = if told.detail.is_empty() { String::new() } else { format!(" ({})", told.detail) };
                        taken.push(format!("{}{detail}", told.text));
                    }
                    evolve(&mut account, event);
                }
                (None, Content::Unreadable(why)) if entry.skipped.is_none() => {
                    return Err(Unknown::Unreadable(why.clone()));
                }
                (None, Content::Erased) => return Err(Unknown::Erased(id.clone())),
                // Later, or passed over by an operator: no part of the account.
                _ => {}
            }
        }
        seq = last;
    }
    Ok(known.then_some((account, taken)))
}

/// The newest decision that was made up to the end of the day.
fn standing(decisions: Vec<DecisionRow>, day: Date) -> Option<Told> {
    let found = decisions.into_iter().find(|decision| decision.at.date() <= day)?;
    // Between the first and the last time it was made again; when exactly is not kept.
    let last_at = if found.last_at.date() <= day { found.last_at } else { found.at };
    Some(Told {
        on_that_day: last_at.date() == day,
        at: found.at,
        last_at,
        policy: found.policy,
        because: found.because,
        look_again: found.look_again,
    })
}

fn lines(account: &Account, taken: &[String], decision: Option<&Told>, day: Date, gone: bool) -> Vec<String> {
    let mut lines = vec![explain::standing(account)];
    lines.extend(taken.iter().map(|text| format!("that day: {text}")));
    let Some(decision) = decision else {
        lines.push(match gone {
            true => format!("the decisions of {day} are not kept any more: the newest {DECISIONS_KEPT_MAX} are"),
            false => format!("nothing had been decided up to the end of {day}"),
        });
        return lines;
    };
    let policy = &decision.policy;
    lines.push(match decision.on_that_day {
        true => format!("decided at {}, by policy {policy}:", decision.last_at.time()),
        false => format!(
            "nothing was decided that day; the decision of {} still held, by policy {policy}:",
            decision.last_at
        ),
    });
    for reason in &decision.because {
        let change =
            explain::changes_when(&reason.code).map(|when| format!("; changes when {when}")).unwrap_or_default();
        lines.push(format!("{}{change}", explain::reason(reason)));
    }
    lines.push(match decision.look_again {
        Some(at) => format!("to be looked at again on {}, or as soon as something happens", at.date()),
        None => "to be looked at again when something happens".to_owned(),
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(at: &str, last_at: &str) -> DecisionRow {
        DecisionRow {
            at: at.parse().unwrap(),
            times: 2,
            last_at: last_at.parse().unwrap(),
            policy: "standard 1".to_owned(),
            seq: 1,
            look_again: None,
            because: Vec::new(),
        }
    }

    #[test]
    fn the_decision_of_the_day_answers_or_the_one_that_still_held() {
        let newest_first = || {
            vec![
                decision("2026-03-09T06:00:00", "2026-03-12T06:00:00"),
                decision("2026-03-02T06:00:00", "2026-03-02T06:00:00"),
            ]
        };
        let on =
            |day: &str| standing(newest_first(), day.parse().unwrap()).map(|told| (told.at.date(), told.on_that_day));
        let day = |day: &str| day.parse::<Date>().unwrap();
        assert_eq!(on("2026-03-01"), None);
        assert_eq!(on("2026-03-02"), Some((day("2026-03-02"), true)));
        // Not the one of the 9th, which nobody knew yet.
        assert_eq!(on("2026-03-08"), Some((day("2026-03-02"), false)));
        assert_eq!(on("2026-03-09"), Some((day("2026-03-09"), true)));
        assert_eq!(on("2026-03-10"), Some((day("2026-03-09"), false)));
        assert_eq!(on("2026-03-12"), Some((day("2026-03-09"), true)));
    }
}
