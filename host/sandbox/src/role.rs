//! One interface a role: the same four calls, each with its own words.

mod accounting;
mod agency;
mod bureau;
mod coverage;
pub(crate) mod dialer;
mod gateway;
mod messenger;
mod notifier;

use escalation::Role;
use escalation::answer::{Finding, Outcome, Page};
use escalation::id::EffectKey;
use escalation::request::Request;
use jiff::tz::TimeZone;
use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use crate::bindings as wit;
use crate::bindings::types::{Batch, Error};
use crate::convert::{broken, finding, outcome, page};
use crate::state::State;

/// An answer of the guest, or what ended it.
pub(crate) type Answer<T> = wasmtime::Result<Result<T, Error>>;

macro_rules! roles {
    ($($role:ident $module:ident),*) => {
        /// Where a component keeps the functions of one role.
        pub(crate) enum Indices {
            $($role(wit::$module::GuestIndices)),*
        }

        /// One role of a running instance.
        pub(crate) enum Guest {
            $($role(wit::$module::Guest)),*
        }

        impl Indices {
            /// Fails when the component does not export the role as the contract states it.
            pub(crate) fn find(role: Role, pre: &InstancePre<State>) -> wasmtime::Result<Self> {
                match role {
                    $(Role::$role => wit::$module::GuestIndices::new(pre).map(Self::$role)),*
                }
            }

            pub(crate) fn load(&self, store: &mut Store<State>, instance: &Instance) -> wasmtime::Result<Guest> {
                match self {
                    $(Self::$role(indices) => indices.load(store, instance).map(Guest::$role)),*
                }
            }
        }

        impl Guest {
            pub(crate) async fn check(&self, store: &mut Store<State>, config: &str) -> Answer<()> {
                match self {
                    $(Self::$role(guest) => guest.call_check(store, config).await),*
                }
            }

            pub(crate) async fn pull(
                &self,
                store: &mut Store<State>,
                config: &str,
                cursor: Option<&str>,
                zone: &TimeZone,
            ) -> Answer<Page> {
                match self {
                    $(Self::$role(guest) => {
                        let pulled = match guest.call_pull(store, config, cursor).await? {
                            Ok(pulled) => pulled,
                            Err(error) => return Ok(Err(error)),
                        };
                        let read = |event| $module::received(event, zone);
                        Ok(page(pulled.events, pulled.progress, |event| &event.source, read).map_err(broken))
                    }),*
                }
            }

            pub(crate) async fn perform(
                &self,
                store: &mut Store<State>,
                config: &str,
                batch: &Batch,
                requests: &[Request],
            ) -> Answer<Vec<Outcome>> {
                let outcomes = match self {
                    $(Self::$role(guest) => {
                        let Some(asked) = requests.iter().map($module::request).collect::<Option<Vec<_>>>() else {
                            return Ok(Err(broken("the hub asked it for an effect of another role".to_owned())));
                        };
                        guest.call_perform(store, config, batch, &asked).await?
                    }),*
                };
                Ok(outcomes.and_then(|outcomes| one_for_each(requests.len(), outcomes, "outcomes", outcome)))
            }

            pub(crate) async fn lookup(
                &self,
                store: &mut Store<State>,
                config: &str,
                keys: &[EffectKey],
            ) -> Answer<Vec<Finding>> {
                let names: Vec<String> = keys.iter().map(EffectKey::to_string).collect();
                let findings = match self {
                    $(Self::$role(guest) => guest.call_lookup(store, config, &names).await?),*
                };
                Ok(findings.and_then(|findings| one_for_each(keys.len(), findings, "findings", finding)))
            }
        }
    };
}

roles!(
    Accounting accounting,
    Gateway gateway,
    Dialer dialer,
    Agency agency,
    Messenger messenger,
    Bureau bureau,
    Coverage coverage,
    Notifier notifier
);

/// With another number nobody can tell which answer belongs to which question.
fn one_for_each<T, U>(asked: usize, answers: Vec<T>, what: &str, read: fn(T) -> U) -> Result<Vec<U>, Error> {
    match answers.len() == asked {
        true => Ok(answers.into_iter().map(read).collect()),
        false => Err(broken(format!("it was asked {asked} things and gave {} {what}", answers.len()))),
    }
}

#[cfg(test)]
mod tests;
