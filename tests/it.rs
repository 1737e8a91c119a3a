//! Stories and laws of the whole house. What belongs to one crate is tested there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by it

mod bad_input;
mod claim;
mod conformance;
mod counterparts;
mod demo;
mod documents;
mod languages;
mod metrics;
mod packages;
mod new_plugin;
mod program;
mod recovery;
mod scenarios;
mod tidy;
mod verify;
mod webhooks;
mod workspace;
