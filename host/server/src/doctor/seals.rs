//! The journal's seals: does the last one hold, is it anchored, and are accounts back that were erased?

use store::seal::{Anchors, PublicKey, SEAL_EVENTS_MAX, verify_last};
use store::{Result, Store};

use super::Check;
use crate::config::Config;
use crate::seal::{TROUBLE, public_key, read_anchors};

pub async fn examine(config: &Config, store: &dyn Store) -> Vec<Check> {
    let anchors = match read_anchors(&config.anchors) {
        Ok(anchors) => anchors,
        Err(error) => return vec![Check::failed("seals", &error)],
    };
    let key = match public_key(&config.folder) {
        Ok(key) => key.or(anchors.key),
        Err(error) => return vec![Check::failed("seals", &error)],
    };
    let mut checks = vec![seals(store, key, &anchors).await.unwrap_or_else(|error| Check::failed("seals", &error))];
    if !anchors.erased.is_empty() {
        checks.push(erased(store, &anchors).await.unwrap_or_else(|error| Check::failed("erased", &error)));
    }
    checks
}

async fn seals(store: &dyn Store, key: Option<PublicKey>, anchors: &Anchors) -> Result<Check> {
    const VERIFY: &str = "`dunlin verify` says where the journal and its seals differ";
    if let Some(trouble) = store.note_get(TROUBLE).await?.filter(|trouble| !trouble.is_empty()) {
        let (says, hint) = trouble.split_once("\n\nhint: ").unwrap_or((&trouble, VERIFY));
        return Ok(Check::wrong("seals", format!("the journal is not sealed: {says}"), hint));
    }
    let last = store.last_seal().await?;
    let wrong = match (&last, key) {
        (Some(last), Some(key)) => verify_last(last, &key, anchors),
        (Some(last), None) => Some(format!("there are {} seals and no key to check them with", last.no)),
        (None, _) => None,
    };
    let (sealed, anchored) = (last.as_ref().map_or(0, |last| last.no), anchors.until());
    if let Some(why) = wrong {
        return Ok(Check::wrong("seals", why, VERIFY));
    }
    if anchored > sealed && anchors.unknown_restore(store).await?.is_none() {
        let says = format!("seal {anchored} is anchored and the database ends at seal {sealed}");
        let hint = "if a backup was restored by other tools, `dunlin doubt begin`; if not, `dunlin verify`";
        return Ok(Check::wrong("seals", says, hint));
    }
    let unsealed = store.tail(last.map(|last| last.until).unwrap_or_default(), SEAL_EVENTS_MAX + 1).await?.len();
    if unsealed > SEAL_EVENTS_MAX as usize || anchored < sealed {
        let says = format!("of {sealed} seals {anchored} are anchored, and {unsealed} events or more are not sealed");
        return Ok(Check::wrong("seals", says, "see that `dunlin serve` runs and can write the anchors"));
    }
    Ok(Check::well("seals", format!("the last of {sealed} seals holds and is anchored")))
}

/// A restored backup brings back what was erased after it was made.
async fn erased(store: &dyn Store, anchors: &Anchors) -> Result<Check> {
    let mut back = Vec::new();
    for account in anchors.erased.keys() {
        if store.account(account).await?.is_some_and(|(_, lane)| lane.erased_at.is_none()) {
            back.push(account.as_str());
        }
    }
    let first = back.first().map(|account| format!("; the first is `{account}`")).unwrap_or_default();
    let says = format!("{} accounts that were erased are back, by a backup from before{first}", back.len());
    Ok(Check::none("erased", back.len(), "what was erased is gone", says, "`dunlin erase --again --yes`"))
}
