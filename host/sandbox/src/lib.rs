//! Plugins as wasm components: loaded, granted, bounded, called. The only crate that names wasmtime.
//!
//! [`Runtime::load`] turns the bytes of a component, its manifest and the operator's grant into a [`Plugin`]. Every call of a
//! plugin runs in a fresh instance under limits and comes back as a [`Called`]: an answer, what the guest wants to remember,
//! what it logged, and what it cost. Nothing that a guest does ends the host or another call.
//!
//! The modules, in reading order:

pub mod limits;
pub mod error;
pub mod manifest;
pub mod grant;
pub mod engine;
pub mod plugin;
pub mod memory;
pub mod webhook;
pub mod health;
pub mod bench;

mod bindings;
mod cache;
mod call;
mod component;
mod connection;
mod system;
mod convert;
mod linker;
mod log;
mod meter;
mod role;
mod state;

pub use engine::{Runtime, RuntimeOptions};
pub use error::SandboxError;
pub use grant::{Bound, Ear, Grant};
pub use health::Health;
pub use limits::LimitsMax;
pub use manifest::Manifest;
pub use memory::Memory;
pub use plugin::{Former, Plugin};
pub use webhook::{Doubted, Told};
