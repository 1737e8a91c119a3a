//! An account's events, as far as they can be told, up to the evening of a day.

use escalation::event::Event;
use escalation::{AccountId, Date};
use store::{Content, Store, StoreError};

use crate::limits;

/// How far an account can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It has no event at all, of no day.
    Nothing,
    All,
    /// Its key is gone, and with it who, what and how much.
    Erased,
    /// An event is not what was written, or cannot be understood; the sentence says which.
    Unreadable(String),
}

/// Hands on what makes the account, in its order: the events that the hub knew on the evening of a day, in hub time. What an
/// operator passed over is no part of it. After anything but [`Told::All`] what was handed on is not the account.
pub async fn tell(
    store: &dyn Store,
    account: &AccountId,
    evening: Date,
    mut take: impl FnMut(&Event) + Send,
) -> Result<Told, StoreError> {
    let mut seq = 0;
    loop {
        let page = store.journal(account, seq, limits::JOURNAL_PAGE).await?;
        let Some(last) = page.last().map(|entry| entry.seq) else { break };
        for entry in &page {
            match (entry.effective(), &entry.content) {
                (Some(event), _) if event.at.date() <= evening => take(event),
                (None, Content::Unreadable(why)) if entry.skipped.is_none() => {
                    return Ok(Told::Unreadable(why.clone()));
                }
                (None, Content::Erased) => return Ok(Told::Erased),
                _ => {}
            }
        }
        seq = last;
    }
    Ok(if seq > 0 { Told::All } else { Told::Nothing })
}
