//! What a crash or a freeze left in the air is looked after by its class: asked for again under the same key while the key
//! lives, asked after, or handed to a person.

use std::collections::BTreeMap;
use std::time::Duration;

use escalation::answer::{Class, Performs};
use escalation::request::Request;
use escalation::{DateTime, Role};
use store::mutation::Mutation;
use store::{Concluded, InFlight, Outcome, StoreError};

use super::perform::Call;
use super::verdict::Verdict;
use super::{HUB, Marked, Performer, dispatching};
use crate::limits;
use crate::turn::{Engine, later};

impl Engine {
    /// Looks after effects whose host had its time. Returns how many there were.
    pub async fn recover(&self) -> Result<u32, StoreError> {
        let mut batches: BTreeMap<(String, String), Vec<InFlight>> = BTreeMap::new();
        let in_flight = self.store.in_flight(self.at()).await?;
        let count = in_flight.len() as u32;
        for effect in in_flight {
            batches.entry((effect.plugin.clone(), effect.batch.clone())).or_default().push(effect);
        }
        for ((name, batch), effects) in batches {
            self.recover_batch(&name, &batch, effects).await?;
        }
        Ok(count)
    }

    async fn recover_batch(&self, name: &str, batch: &str, effects: Vec<InFlight>) -> Result<(), StoreError> {
        // Without a mark what was in the air would look as if it had never left.
        if name == HUB || Mutation::Mark.is_on() {
            return self.end_again(self.take_over(effects).await?).await;
        }
        let Some(first) = effects.first().cloned() else { return Ok(()) };
        let (role, kind) = read(first)?.request.ask.performed_by();
        if !self.holds(&dispatching(role)).await? {
            return Ok(());
        }
        let effects = self.take_over(effects).await?;
        if effects.is_empty() {
            return Ok(());
        }
        let marked = effects.into_iter().map(read).collect::<Result<Vec<Marked>, StoreError>>()?;
        let Some(by) = self.named(name, role, kind) else {
            let text = format!("the hub stopped while `{name}` had it, and that plugin does not run any more");
            return self.conclude_all(&marked, name, |_| Verdict::Unknown { text: text.clone() }).await;
        };
        if by.performs.class == Class::None && !Mutation::Class.is_on() {
            let text = "the hub stopped while it went out, and the other side cannot be asked".to_owned();
            return self.conclude_all(&marked, name, |_| Verdict::Unknown { text: text.clone() }).await;
        }
        if self.passage(by.plugin, marked.len()).await? == 0 {
            return Ok(());
        }
        if by.performs.class == Class::Lookup && !Mutation::Class.is_on() {
            return self.ask_after(by, marked).await;
        }
        let now = self.at();
        let (alive, forgotten): (Vec<Marked>, Vec<Marked>) =
            marked.into_iter().partition(|one| key_lives(by.performs, one.marked_at, now));
        let text = "it may have gone out, and the other side does not remember its key any more".to_owned();
        self.conclude_all(&forgotten, name, |_| Verdict::Unknown { text: text.clone() }).await?;
        if alive.is_empty() { Ok(()) } else { self.ask_for(by, batch, alive, Call::Again).await }
    }

    /// Those that are ours from now on: whoever had them cannot say any more that they did not happen.
    async fn take_over(&self, effects: Vec<InFlight>) -> Result<Vec<InFlight>, StoreError> {
        let now = self.at();
        let taken = self.store.take_over(&effects, &self.owner, now, later(now, limits::UNDER_WAY_MAX)).await?;
        Ok(effects.into_iter().filter(|one| taken.contains(&one.key)).collect())
    }

    /// What the hub was about to end by itself waits again: nobody else had it.
    async fn end_again(&self, effects: Vec<InFlight>) -> Result<(), StoreError> {
        let at = self.at();
        let again = |effect: InFlight| Concluded {
            key: effect.key,
            account: effect.account,
            attempt: effect.attempt,
            at,
            outcome: Outcome::Again { at, because: "the hub stopped before it ended it".to_owned() },
            event: None,
            by: HUB.to_owned(),
            host: self.owner.clone(),
        };
        self.store.concluded(effects.into_iter().map(again).collect()).await
    }

    /// The plugin of that name, if it runs, speaks for the role and performs such effects.
    pub(super) fn named(&self, name: &str, role: Role, kind: &str) -> Option<Performer<'_>> {
        let plugin = self.plugins.iter().map(AsRef::as_ref).find(|plugin| plugin.name() == name)?;
        let plugin = Some(plugin).filter(|plugin| plugin.roles().contains(&role))?;
        plugin.performs(kind).map(|performs| Performer { plugin, role, performs })
    }
}

fn read(effect: InFlight) -> Result<Marked, StoreError> {
    let request: Request = serde_json::from_str(&effect.request)
        .map_err(|error| StoreError::Corrupt(format!("the request of effect `{}`: {error}", effect.key)))?;
    let InFlight { key, account, attempt, marked_at, .. } = effect;
    Ok(Marked { key, account, attempt, request, marked_at })
}

/// The same key is harmless only while the other side remembers it, to the end of the call.
pub(super) fn key_lives(performs: Performs, marked_at: DateTime, now: DateTime) -> bool {
    let dies = |hours: u32| later(marked_at, Duration::from_secs(u64::from(hours) * 3_600));
    let until = later(now, limits::UNDER_WAY_MAX);
    Mutation::KeyLife.is_on() || performs.key_hours.is_none_or(|hours| until < dies(hours))
}
