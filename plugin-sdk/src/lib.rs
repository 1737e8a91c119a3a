//! What a plugin author needs: a trait per role, typed money and dates, folders, HTTP, and one macro that exports it all.
//!
//! Start with `plugin-sdk/README.md`. The types mirror the contract in `plugin-sdk/wit` one to one; its comments are
//! the reference for every field.

#[macro_use]
mod mirror;
#[macro_use]
mod role;

pub mod accounting;
pub mod agency;
pub mod bureau;
pub mod coverage;
pub mod dialer;
pub mod gateway;
pub mod messenger;
pub mod notifier;

pub mod config;
mod error;
pub mod files;
pub mod http;
pub mod inbox;
pub mod kv;
pub mod log;
#[cfg(feature = "mail")]
pub mod mail;
mod money;
mod types;
pub mod webhooks;

#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod guest;

pub use accounting::Accounting;
pub use agency::Agency;
pub use bureau::Bureau;
pub use coverage::Coverage;
pub use dialer::Dialer;
pub use error::{Error, Kind, Result};
pub use gateway::Gateway;
pub use inbox::{Document, Inbox, Taken};
pub use jiff::civil::Date;
pub use messenger::Messenger;
pub use money::{Money, decimals};
pub use notifier::Notifier;
pub use types::{
    Batch, ControlTotal, Event, Extension, Finding, Instant, Note, OpenItem, Outcome, Page, Party, Progress, Receipt,
    Refusal, Rejection, Request, Source,
};

/// Exports a plugin's roles: `dunlin_plugin_sdk::export!(MyPlugin: accounting, gateway);`
///
/// Natively it only checks that the roles are implemented, so that the same crate can be built and tested as it is.
#[macro_export]
macro_rules! export {
    ($plugin:ident: $($role:ident),+ $(,)?) => {
        $(const _: fn() = $crate::$role::is_implemented_by::<$plugin>;)+
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "a component's exports are raw symbols")]
        const _: () = {
            type Exported = $crate::guest::Adapter<$plugin>;
            $($crate::export_role!($role Exported);)+
        };
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! export_role {
    (accounting $exported:ident) => {
        $crate::guest::accounting::export_accounting!($exported with_types_in $crate::guest::accounting);
    };
    (gateway $exported:ident) => {
        $crate::guest::gateway::export_gateway!($exported with_types_in $crate::guest::gateway);
    };
    (dialer $exported:ident) => {
        $crate::guest::dialer::export_dialer!($exported with_types_in $crate::guest::dialer);
    };
    (agency $exported:ident) => {
        $crate::guest::agency::export_agency!($exported with_types_in $crate::guest::agency);
    };
    (messenger $exported:ident) => {
        $crate::guest::messenger::export_messenger!($exported with_types_in $crate::guest::messenger);
    };
    (notifier $exported:ident) => {
        $crate::guest::notifier::export_notifier!($exported with_types_in $crate::guest::notifier);
    };
    (coverage $exported:ident) => {
        $crate::guest::coverage::export_coverage!($exported with_types_in $crate::guest::coverage);
    };
    (bureau $exported:ident) => {
        $crate::guest::bureau::export_bureau!($exported with_types_in $crate::guest::bureau);
    };
}
