//! The component's side: bindings to the contract, and adapters between them and the role traits.
#![allow(unsafe_code, reason = "bindings to a component's raw imports and exports")]
#![allow(clippy::all, reason = "generated")]

use std::marker::PhantomData;

use crate::{Batch, Error, Event, Page, Request, Result, config, mirror::Mirror};

pub mod base {
    wit_bindgen::generate!({ path: "wit", world: "base", generate_all });
}

macro_rules! bind {
    ($role:ident, $world:literal, $export:literal) => {
        pub mod $role {
            wit_bindgen::generate!({
                path: "wit",
                world: $world,
                with: {
                    "dunlin:plugin/types@0.1.0": crate::guest::base::dunlin::plugin::types,
                    "dunlin:plugin/log@0.1.0": crate::guest::base::dunlin::plugin::log,
                    "dunlin:plugin/kv@0.1.0": crate::guest::base::dunlin::plugin::kv,
                    "dunlin:plugin/files@0.1.0": crate::guest::base::dunlin::plugin::files,
                    "dunlin:plugin/http@0.1.0": crate::guest::base::dunlin::plugin::http,
                    "dunlin:plugin/webhooks@0.1.0": crate::guest::base::dunlin::plugin::webhooks,
                },
                pub_export_macro: true,
                export_macro_name: $export,
            });
        }
    };
}

bind!(accounting, "accounting-plugin", "export_accounting");
bind!(gateway, "gateway-plugin", "export_gateway");
bind!(dialer, "dialer-plugin", "export_dialer");
bind!(agency, "agency-plugin", "export_agency");
bind!(messenger, "messenger-plugin", "export_messenger");
bind!(bureau, "bureau-plugin", "export_bureau");
bind!(coverage, "coverage-plugin", "export_coverage");
bind!(notifier, "notifier-plugin", "export_notifier");

/// The contract's types by interface, as `record!` and `variant!` name them.
pub mod wire {
    pub use super::accounting::exports::dunlin::plugin::accounting;
    pub use super::agency::exports::dunlin::plugin::agency;
    pub use super::base::dunlin::plugin::{files, http, kv, log, types, webhooks};
    pub use super::bureau::exports::dunlin::plugin::bureau;
    pub use super::coverage::exports::dunlin::plugin::coverage;
    pub use super::dialer::exports::dunlin::plugin::dialer;
    pub use super::gateway::exports::dunlin::plugin::gateway;
    pub use super::messenger::exports::dunlin::plugin::messenger;
    pub use super::notifier::exports::dunlin::plugin::notifier;
}

/// Carries a plugin's role traits to the contract's exports.
pub struct Adapter<P>(PhantomData<P>);

macro_rules! adapt {
    ($role:ident: $name:ident) => {
        impl<P: crate::$name> wire::$role::Guest for Adapter<P> {
            fn check(config: String) -> std::result::Result<(), wire::types::Error> {
                (|| P::check(&config::parse(&config)?))().map_err(Error::to_wire)
            }

            fn pull(
                config: String,
                cursor: Option<String>,
            ) -> std::result::Result<wire::$role::Page, wire::types::Error> {
                let Page { events, progress } =
                    (|| P::pull(&config::parse(&config)?, cursor.as_deref()))().map_err(Error::to_wire)?;
                let event = |event: Event<crate::$role::Fact>| wire::$role::Event {
                    source: event.source.to_wire(),
                    fact: event.fact.to_wire(),
                };
                let events = events.into_iter().map(event).collect();
                Ok(wire::$role::Page { events, progress: progress.to_wire() })
            }

            fn perform(
                config: String,
                batch: wire::types::Batch,
                requests: Vec<wire::$role::Request>,
            ) -> std::result::Result<Vec<wire::types::Outcome>, wire::types::Error> {
                let request = |request: wire::$role::Request| {
                    Ok(Request { key: request.key, effect: Mirror::from_wire(request.effect)? })
                };
                let perform = || {
                    let requests = requests.into_iter().map(request).collect::<Result<Vec<_>>>()?;
                    let outcomes = P::perform(&config::parse(&config)?, &Batch::from_wire(batch)?, &requests)?;
                    one_for_each(outcomes, requests.len())
                };
                perform().map_err(Error::to_wire)
            }

            fn lookup(
                config: String,
                keys: Vec<String>,
            ) -> std::result::Result<Vec<wire::types::Finding>, wire::types::Error> {
                let lookup = || one_for_each(P::lookup(&config::parse(&config)?, &keys)?, keys.len());
                lookup().map_err(Error::to_wire)
            }
        }
    };
}

adapt!(accounting: Accounting);
adapt!(gateway: Gateway);
adapt!(dialer: Dialer);
adapt!(agency: Agency);
adapt!(messenger: Messenger);
adapt!(bureau: Bureau);
adapt!(coverage: Coverage);
adapt!(notifier: Notifier);

fn one_for_each<T: Mirror>(answers: Vec<T>, asked: usize) -> Result<Vec<T::Wire>> {
    match answers.len() {
        given if given == asked => Ok(answers.to_wire()),
        given => Err(Error::broken(format!("the plugin gave {given} answers to {asked} questions"))),
    }
}
