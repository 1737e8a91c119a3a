//! The shell around the core: everything that touches the world, and the program `dunlin`.
//!
//! The modules, in the order in which an event meets them:

pub mod limits;
pub mod config;
pub mod clock;
pub mod telemetry;
pub mod start;
pub mod engine;
pub mod poll;
pub mod intake;
pub mod moves;
pub mod pipeline;
pub mod rows;
pub mod dispatch;
pub mod asks;
pub mod letters;
pub mod figures;
pub mod verify;
pub mod web;
pub mod desk;
pub mod api;
pub mod hub;
pub mod serve;
pub mod guests;
pub mod workspace;
pub mod demo;
pub mod bench;
pub mod cli;
