//! `dunlin bench`.
use clap::Args;
use super::Done;
#[derive(Args)]
pub struct Bench {}
pub async fn run(_: Bench) -> Done { Ok(()) }
