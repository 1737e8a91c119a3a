//! `dunlin verify`: every figure again, from the journal alone, held against everything else that the store says.

use std::collections::BTreeMap;

use escalation::account::EffectState;
use escalation::{Account, AccountId, Effect, EffectKey, Money, evolve};
use store::{AccountFilter, Content, EffectRow, EffectStatus, Store, StoreError};

use crate::figures::{Count, Ended, Figures};
use crate::limits;

/// What verifying found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    pub figures: Figures,
    /// Accounts of which nothing can be told any more; the figures are without them.
    pub erased: usize,
    /// A sentence for each difference; none: all agrees.
    pub differences: Vec<String>,
}

/// More differences than this are not listed: something is wrong as a whole.
const DIFFERENCES_MAX: usize = 100;

pub async fn verify(store: &dyn Store) -> Result<Verified, StoreError> {
    let mut verified = Verified::default();
    let listed = listed_balances(store).await?;
    let mut seen = 0;
    let mut after: Option<AccountId> = None;
    loop {
        let ids = store.account_ids(after.as_ref(), limits::ACCOUNTS_PAGE).await?;
        let Some(last) = ids.last() else { break };
        after = Some(last.clone());
        for id in &ids {
            seen += 1;
            account(store, id, &listed, &mut verified).await?;
        }
    }
    let shown = seen - verified.erased;
    if listed.len() != shown {
        verified.differences.push(format!("the list shows {} accounts and the journal has {shown}", listed.len()));
    }
    for total in store.totals(u32::MAX).await? {
        if total.stated != total.counted {
            let text = format!(
                "{}: `{}` states {} and {} was counted",
                total.connection, total.name, total.stated, total.counted
            );
            verified.differences.push(text);
        }
    }
    let unknown = store.effects_by_status(EffectStatus::Unknown, u32::MAX).await?.len() as u64;
    if unknown != verified.figures.effects_unknown {
        let text =
            format!("{unknown} effects are listed as unknown; the journal says {}", verified.figures.effects_unknown);
        verified.differences.push(text);
    }
    verified.differences.truncate(DIFFERENCES_MAX);
    Ok(verified)
}

/// Open and unapplied, as the desk lists them.
async fn listed_balances(store: &dyn Store) -> Result<BTreeMap<AccountId, (Money, Money)>, StoreError> {
    let mut listed = BTreeMap::new();
    let mut filter =
        AccountFilter { sort: "name".to_owned(), per_page: limits::ACCOUNTS_PAGE, ..AccountFilter::default() };
    loop {
        let page = store.accounts(&filter).await?;
        if page.rows.is_empty() {
            return Ok(listed);
        }
        for row in page.rows {
            let money = |minor| Money::new(minor, row.currency);
            listed.insert(row.account.clone(), (money(row.open_minor), money(row.unapplied_minor)));
        }
        filter.page += 1;
    }
}

async fn account(
    store: &dyn Store,
    id: &AccountId,
    listed: &BTreeMap<AccountId, (Money, Money)>,
    verified: &mut Verified,
) -> Result<(), StoreError> {
    let mut differ = |text: String| verified.differences.push(format!("account {id}: {text}"));
    let mut account = Account::new(id.clone());
    let mut count = Count::default();
    let mut seq = 0;
    loop {
        let page = store.journal(id, seq, limits::JOURNAL_PAGE).await?;
        if page.is_empty() {
            break;
        }
        for entry in page {
            if entry.seq != seq + 1 {
                differ(format!("event {} is missing from the journal", seq + 1));
            }
            seq = entry.seq;
            if let Some(event) = entry.effective() {
                evolve(&mut account, event);
                count.event(event);
            } else if let (Content::Unreadable(why), None) = (&entry.content, &entry.skipped) {
                differ(why.clone());
            }
        }
    }
    let Some((state, lane)) = store.account(id).await? else {
        differ("it has a journal and no state".to_owned());
        return Ok(());
    };
    if lane.head_seq != seq {
        differ(format!("the lane ends at event {} and the journal at {seq}", lane.head_seq));
    }
    if lane.erased_at.is_some() {
        if listed.contains_key(id) {
            differ("it was erased and is still listed".to_owned());
        }
        verified.erased += 1;
        return Ok(());
    }
    if lane.done_seq == lane.head_seq && state != account {
        differ("its state is not what its events make".to_owned());
    }
    laws(&account, &mut differ);
    let (figures, effects) = count.finish(&account);
    if lane.done_seq == lane.head_seq {
        if let Some((open, unapplied)) = listed.get(id) {
            let of = |amounts: Vec<Money>, currency| {
                amounts.into_iter().find(|amount| amount.currency == currency).unwrap_or(Money::zero(currency))
            };
            if of(account.open(), open.currency) != *open {
                differ(format!("{open} is listed as open; the journal says {:?}", account.open()));
            }
            if of(account.unapplied(), unapplied.currency) != *unapplied {
                differ(format!("{unapplied} is listed as unapplied; the journal says {:?}", account.unapplied()));
            }
        }
        for text in outbox(store.effects_of(id, u32::MAX).await?, &effects, &account) {
            differ(text);
        }
    }
    verified.figures.add(figures);
    Ok(())
}

/// Laws of money that must hold in every account.
fn laws(account: &Account, differ: &mut impl FnMut(String)) {
    for (id, posted) in &account.payments {
        let spread: i64 = posted.allocations.iter().map(|allocation| allocation.amount.minor).sum();
        let expected = if posted.reversed_on.is_some() { 0 } else { posted.payment.amount.minor };
        if spread + posted.unapplied.minor != expected {
            differ(format!(
                "payment {id} of {}: {spread} applied and {} unapplied do not add up",
                posted.payment.amount, posted.unapplied.minor
            ));
        }
    }
    for (number, item) in &account.items {
        let expected = item.invoice.payable.minor - item.paid.minor - item.credited.minor - item.collected.minor
            + item.adjusted.minor;
        if item.open.minor != expected {
            differ(format!("invoice {number} is open with {}; its parts make {expected} minor units", item.open));
        }
        let paid: i64 = account
            .payments
            .values()
            .flat_map(|posted| &posted.allocations)
            .filter(|allocation| allocation.to == escalation::cash::Target::Invoice(number.clone()))
            .map(|allocation| allocation.amount.minor)
            .sum();
        if paid != item.paid.minor {
            differ(format!("invoice {number} counts {} as paid; its payments make {paid} minor units", item.paid));
        }
    }
}

/// The outbox against the journal: the same effects, ended the same way.
fn outbox(rows: Vec<EffectRow>, effects: &BTreeMap<EffectKey, (Effect, Ended)>, account: &Account) -> Vec<String> {
    let mut differences = Vec::new();
    if rows.len() != effects.len() {
        differences.push(format!("the outbox has {} effects and the journal planned {}", rows.len(), effects.len()));
    }
    for row in rows {
        let Some((effect, ended)) = effects.get(&row.key) else {
            differences.push(format!("effect `{}` is in the outbox and not in the journal", row.key));
            continue;
        };
        let agrees = match row.status {
            EffectStatus::Planned | EffectStatus::Held | EffectStatus::Dispatching => *ended == Ended::Not,
            EffectStatus::Succeeded => *ended == Ended::Done,
            EffectStatus::Rejected => *ended == Ended::Rejected,
            EffectStatus::Unknown => *ended == Ended::Unknown,
            EffectStatus::Expired => *ended == Ended::Expired,
            EffectStatus::Cancelled => *ended == Ended::Cancelled,
        };
        if !agrees {
            differences
                .push(format!("effect `{}` is {:?} in the outbox and {ended:?} in the journal", row.key, row.status));
        }
        if *effect != row.effect {
            differences.push(format!("effect `{}` is not what was planned", row.key));
        }
        let open = account.effects.get(&row.key).is_some_and(|planned| planned.state == EffectState::Planned);
        if open && !matches!(row.status, EffectStatus::Planned | EffectStatus::Held | EffectStatus::Dispatching) {
            differences.push(format!("effect `{}` still waits in the account and has ended in the outbox", row.key));
        }
    }
    differences
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
