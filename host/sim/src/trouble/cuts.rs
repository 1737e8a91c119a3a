//! Connections that are cut: whether a commit was made is then unknown to its host, which asks again.

use std::sync::atomic::Ordering;

use store::postgres::{LeaseClock, PgOptions, PgStore};

use super::crowd::{Crowd, Place};
use super::{check, proxy, text};
use crate::run::TENANT;

const HOSTS: usize = 2;
/// Things that every host acknowledges between two looks at how often it was cut.
const THINGS: usize = 10;

/// In a database that has no creditor yet: `{postgres}` names a server, and the database is made beside its own.
pub fn run(postgres: &str, most: usize, seed: u64) -> Result<bool, String> {
    let folder = tempfile::tempdir().map_err(text)?;
    let world = folder.path().join("world");
    let url = super::server::another_database(postgres, "cuts")?;
    let (server, name) = address(&url).ok_or("the URL has to be like `postgres://user@host:port/name`")?;
    let (port, cuts) = proxy::lay(server, most, seed)?;
    let wire = format!("{}127.0.0.1:{port}/{name}", &url[..url.rfind('@').map_or(0, |at| at + 1)]);
    let mut crowd = Crowd::start(HOSTS, &Place::Postgres(&wire), &world)?;
    while cuts.sum() < most {
        crowd.wait_for_more(THINGS)?;
    }
    crowd.calm_down()?;
    let acknowledged = crowd.acknowledged();
    crowd.end()?;
    let times = [&cuts.before_commit, &cuts.after_commit, &cuts.in_the_middle].map(|n| n.load(Ordering::Relaxed));
    println!("cut {} times before a commit, {} after one, {} in the middle", times[0], times[1], times[2]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(text)?;
    runtime.block_on(async {
        let options = PgOptions { connections: 4, clock: LeaseClock::Given };
        let store = PgStore::open(&url, TENANT, options).await.map_err(text)?;
        check::all_is_well(&store, &acknowledged, &world).await
    })
}

/// The server's address and the rest of a URL.
fn address(url: &str) -> Option<(String, &str)> {
    let (server, name) = url.rsplit_once('@')?.1.split_once('/')?;
    Some((server.to_owned(), name))
}
