//! The server of PostgreSQL crashes under load, and is started again: hosts go on by themselves.

use store::postgres::{LeaseClock, PgOptions, PgStore};

use super::crowd::{Crowd, Place};
use super::server::Server;
use super::{check, text};
use crate::run::TENANT;

const HOSTS: usize = 2;
/// Things that every host acknowledges between two crashes.
const THINGS: usize = 25;

pub fn run(times: u32) -> Result<bool, String> {
    let folder = tempfile::tempdir().map_err(text)?;
    let world = folder.path().join("world");
    let server = Server::start()?;
    let mut crowd = Crowd::start(HOSTS, &Place::Postgres(&server.url), &world)?;
    crowd.wait_for_more(THINGS)?;
    for _ in 0..times {
        server.stop_at_once()?;
        crowd.wait_for_refusal("the database is away")?;
        server.start_again()?;
        crowd.wait_for_more(THINGS)?;
    }
    crowd.calm_down()?;
    let acknowledged = crowd.acknowledged();
    println!("stopped {times} times; hosts said {} times that the database is away", crowd.refused.len());
    crowd.end()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    runtime.block_on(async {
        let options = PgOptions { connections: 4, clock: LeaseClock::Given };
        let store = PgStore::open(&server.url, TENANT, options).await.map_err(text)?;
        check::all_is_well(&store, &acknowledged, &world).await
    })
}
