//! Metrics from the journal alone, account by account: memory holds one account and the sums.
//!
//! It reads beside a running hub and is in nobody's way. An account that changes meanwhile is measured as it is when its turn
//! comes.

use escalation::AccountId;
use escalation::metrics::{Meter, Metrics, Seen, Setup, Watch};
use store::{Store, StoreError};

use crate::history::{Told, tell};
use crate::limits;

/// One account, measured by one setup after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// For each setup; none where the account was not known yet.
    Seen(Vec<Option<Seen>>),
    Erased,
    Unreadable,
}

/// Measures everything by several setups at once: each journal is read once. `counted` hears how many accounts are done.
pub async fn measure(
    store: &dyn Store,
    setups: &[Setup],
    counted: &(dyn Fn(u64) + Send + Sync),
) -> Result<Vec<Metrics>, StoreError> {
    let mut meters: Vec<Meter<'_>> = setups.iter().map(Meter::new).collect();
    let (mut after, mut done) = (None, 0);
    loop {
        let ids = store.account_ids(after.as_ref(), limits::ACCOUNTS_PAGE).await?;
        let Some(last) = ids.last() else { break };
        for id in &ids {
            match look(store, id, setups).await? {
                Look::Seen(seen) => {
                    for (meter, seen) in meters.iter_mut().zip(seen) {
                        seen.iter().for_each(|seen| meter.take(seen));
                    }
                }
                Look::Erased => meters.iter_mut().for_each(Meter::erased),
                Look::Unreadable => meters.iter_mut().for_each(Meter::unreadable),
            }
            done += 1;
            counted(done);
        }
        after = Some(last.clone());
    }
    Ok(meters.into_iter().map(Meter::read).collect())
}

pub async fn look(store: &dyn Store, account: &AccountId, setups: &[Setup]) -> Result<Look, StoreError> {
    let mut watches: Vec<Watch<'_>> = setups.iter().map(|setup| Watch::new(setup, account.clone())).collect();
    let Some(evening) = setups.iter().map(|setup| setup.period.as_of()).max() else {
        return Ok(Look::Seen(Vec::new()));
    };
    let told = tell(store, account, evening, |event| watches.iter_mut().for_each(|watch| watch.event(event))).await?;
    Ok(match told {
        Told::All | Told::Nothing => Look::Seen(watches.into_iter().map(Watch::end).collect()),
        Told::Erased => Look::Erased,
        Told::Unreadable(_) => Look::Unreadable,
    })
}
