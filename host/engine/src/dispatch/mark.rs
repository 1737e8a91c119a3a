//! T3: what may still go out is marked, what may not is put off or taken back.

use escalation::request::Request;
use escalation::{Account, Clearance, Fact, Now, Role, clear};
use store::mutation::Mutation;
use store::{EffectRow, Mark, Outcome, StoreError};

use super::{Marked, Performer, rejected};
use crate::limits;
use crate::turn::{Engine, later};

/// What becomes of an effect at the last check.
enum Check {
    Ready,
    /// It was put off or ended.
    Settled,
    /// The world moved meanwhile: nothing was done.
    Overtaken,
}

impl Engine {
    /// Effects that may not go out now are put off or ended (their number is the second answer); the others are marked.
    pub(super) async fn mark(
        &self,
        by: Performer<'_>,
        batch: &str,
        rows: &[EffectRow],
    ) -> Result<(Vec<Marked>, u32), StoreError> {
        let now = self.now().await?;
        let mut marks = Vec::new();
        let mut ready = Vec::new();
        let mut settled = 0;
        for row in rows {
            let Some((account, lane)) = self.store.account(&row.account).await? else { continue };
            match self.check(row, &account, lane.done_seq, &now).await? {
                Check::Ready => {}
                Check::Settled => {
                    settled += 1;
                    continue;
                }
                Check::Overtaken => continue,
            }
            let request = match self.scribe.request(&account, &row.effect, marks.len() as u32 + 1, now.today()) {
                Ok(request) => request,
                Err(why) => {
                    let outcome = Outcome::Rejected { reason: why.clone() };
                    let fact = rejected(row, "not-possible", &why);
                    settled += u32::from(self.end_here(row, lane.done_seq, outcome, fact).await?);
                    continue;
                }
            };
            let request = as_performed(by.role, request);
            let text = serde_json::to_string(&request).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            marks.push(Mark {
                key: row.key.clone(),
                account: row.account.clone(),
                seen_seq: lane.done_seq,
                at: now.at,
                plugin: by.plugin.name().to_owned(),
                batch: batch.to_owned(),
                request: text,
                host: self.owner.clone(),
                deadline: later(now.at, limits::UNDER_WAY_MAX),
            });
            ready.push((row, request));
        }
        if marks.is_empty() {
            return Ok((Vec::new(), settled));
        }
        let made = self.store.mark_dispatching(marks).await?;
        let marked = ready.into_iter().zip(made).filter_map(|((row, request), made)| {
            let (key, account) = (row.key.clone(), row.account.clone());
            Some(Marked { key, account, attempt: made.attempt?, request, marked_at: now.at })
        });
        Ok((marked.collect(), settled))
    }

    /// Asks the core once more, right before it is done.
    async fn check(&self, row: &EffectRow, account: &Account, seen_seq: i64, now: &Now) -> Result<Check, StoreError> {
        let tomorrow = || now.today().tomorrow().unwrap_or(now.today());
        let ended = |done: bool| if done { Check::Settled } else { Check::Overtaken };
        let policy = self.policy_of(account);
        let clearance = if Mutation::Recheck.is_on() {
            Clearance::Allow
        } else {
            clear(account, &row.effect, &policy, &self.packs, now)
        };
        match clearance {
            Clearance::Allow => {}
            Clearance::Wait { guard, until } => {
                let until = until.unwrap_or_else(|| tomorrow().at(6, 0, 0, 0)).max(later(now.at, limits::RETRY_FIRST));
                self.store.postpone(&row.key, until, &guard.text).await?;
                return Ok(Check::Settled);
            }
            Clearance::Cancel { guard } => {
                let because = guard.text;
                let fact = Fact::EffectCancelled { key: row.key.clone(), because: because.clone() };
                return Ok(ended(self.end_here(row, seen_seq, Outcome::Cancelled { because }, fact).await?));
            }
            Clearance::NeedsApproval => {
                let until = tomorrow().at(6, 0, 0, 0);
                self.store.postpone(&row.key, until, "a person has to approve it at the desk").await?;
                return Ok(Check::Settled);
            }
        }
        Ok(Check::Ready)
    }
}

/// A messenger cannot notify: it sends an e-mail. What is kept is what the plugin is asked for.
fn as_performed(role: Role, request: Request) -> Request {
    match role {
        Role::Messenger => Request { ask: request.ask.for_messenger(), ..request },
        _ => request,
    }
}
