//! Who owes what, and what to do next.
//!
//! Pure: no clock, no randomness, no files, no network, no database. Everything that happened is a [`Fact`]; [`evolve`]
//! folds facts into an [`Account`]; [`decide`] says what to do now and why; [`clear`] asks once more right before it is done.
//! The same code runs live, in a story, in `dunlin verify` and in every property test.
//!
//! The modules, in reading order:

pub mod id;
pub mod money;
pub mod fraction;
pub mod easter;
pub mod party;
pub mod allowance;
pub mod invoice;
pub mod arrival;
pub mod discount;
pub mod cash;
pub mod charge;
pub mod promise;
pub mod proposal;
pub mod plan;
pub mod settlement;
pub mod write_off;
pub mod goods;
pub mod dispute;
pub mod suit;
pub mod task;
pub mod protection;
pub mod mandate;
pub mod placement;
pub mod commission;
pub mod credit;
pub mod engagement;
pub mod upfront;
pub mod disposition;
pub mod report;
pub mod effect;
pub mod approval;
pub mod request;
pub mod answer;
pub mod event;
pub mod account;
pub mod assignment;
pub mod score;
pub mod policy;
pub mod pack;
pub mod claim;
pub mod guard;
pub mod evolve;
pub mod decide;
pub mod clear;
pub mod in_flight;
pub mod explain;
pub mod relive;
pub mod metrics;
pub mod story;

pub use account::Account;
pub use approval::Approval;
pub use assignment::{Arrival, PolicyRef};
pub use clear::{Clearance, clear};
pub use decide::{Decision, Now, Reason, decide};
pub use effect::{Action, Effect, Role};
pub use event::Fact;
pub use evolve::evolve;
pub use explain::explain;
pub use id::{AccountId, ApplicationId, EffectKey, EngagementId, InvoiceNumber, LevelId, PaymentId};
pub use in_flight::InFlight;
pub use jiff::civil::{Date, DateTime};
pub use money::{Currency, Money};
pub use pack::{Pack, Packs};
pub use party::Party;
pub use policy::{Catalogue, Policy};
pub use report::{Received, Report, Source};
