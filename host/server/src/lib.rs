//! The shell around the engine: everything that touches the world, and the program `dunlin`.
//!
//! The modules, in the order in which an event meets them:

pub mod limits;
pub mod config;
pub mod measures;
pub mod peak;
pub mod database;
pub mod clock;
pub mod telemetry;
pub mod start;
pub mod policies;
pub mod connectors;
pub mod asks;
pub mod conformance;
pub mod download;
pub mod upgrade;
pub mod templates;
pub mod packages;
pub mod packs;
pub mod web;
pub mod desk;
pub mod api;
pub mod by_customer;
pub mod record;
pub mod hub;
pub mod growth;
pub mod seal;
pub mod serve;
pub mod doctor;
pub mod guests;
pub mod workspace;
pub mod demo;
pub mod bench;
pub mod cli;
