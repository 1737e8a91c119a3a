//! What is lost is proposed for write-off by rule; a person decides. Goods that came back are credited.

use jiff::civil::Date;

use super::{Work, ladder};
use crate::account::Account;
use crate::allowance::ItemAmount;
use crate::effect::{Action, CreditMemoOrder};
use crate::event::Fact;
use crate::goods::ReturnState;
use crate::guard;
use crate::id::{EffectKey, WriteOffId};
use crate::invoice::{OpenItem, plus_days};
use crate::placement::PlacementState;
use crate::write_off::{WriteOff, WriteOffState};

/// Proposals with nothing left to write off are closed.
pub(super) fn drop_moot(work: &mut Work<'_>) {
    let open = |one: &ItemAmount| work.account.items.get(&one.invoice).is_some_and(OpenItem::is_open);
    let proposed = work.account.write_offs.iter().filter(|known| known.state == WriteOffState::Proposed);
    let moot: Vec<WriteOffId> =
        proposed.filter(|known| !known.items.iter().any(open)).map(|known| known.id.clone()).collect();
    for write_off in moot {
        let because = "nothing is left to write off".to_owned();
        work.says("write-off-declined", because.clone());
        work.happens(Fact::WriteOffDeclined { write_off, because });
    }
}

/// One proposal for each walk of an item that has come to the end of its ladder, and is old enough or came back from an agency.
pub(super) fn propose(work: &mut Work<'_>) {
    let days: Vec<_> = work.account.open_items().into_iter().filter_map(|item| day_of(work, item)).collect();
    days.into_iter().for_each(|day| work.wakes(day));
    let proposals: Vec<WriteOff> =
        work.account.open_items().into_iter().filter_map(|item| proposal(work, item)).collect();
    for write_off in proposals {
        let invoice = write_off.items.first().map(|one| one.invoice.clone());
        let text = format!("proposed for write-off: {}", write_off.because);
        work.says("write-off-proposed", text).invoice = invoice;
        work.happens(Fact::WriteOffProposed { write_off });
    }
}

/// Goods are here: accounting is asked for the credit memo, once.
pub(super) fn order_credit_memos(work: &mut Work<'_>) {
    let received = work.account.returns.iter().filter(|offer| offer.state == ReturnState::Received);
    let orders: Vec<_> = received
        .map(|offer| {
            let reason = format!("goods returned: {}", offer.goods);
            let (invoice, amount, reference) = (offer.invoice.clone(), offer.value, offer.id.to_string());
            CreditMemoOrder { invoice, amount, reason, reference }
        })
        .collect();
    for order in orders {
        let key = EffectKey::new(format!("credit-memo:{}", order.reference));
        if !work.account.spent.contains(&key) {
            let text = format!("{}: {} is to be credited", order.reason, order.amount);
            work.says("goods-received", text).invoice = Some(order.invoice.clone());
            work.plans(key, None, Action::IssueCreditMemo(order));
        }
    }
}

fn proposal(work: &Work<'_>, item: &OpenItem) -> Option<WriteOff> {
    let (rules, today) = (&work.policy.write_off, work.today());
    let number = &item.invoice.number;
    let id = WriteOffId::new(format!("write-off:{number}:cycle-{}", item.cycle));
    let about = |known: &WriteOff| known.id == id || (known.state == WriteOffState::Proposed && known.is_about(number));
    let levels = work.policy.levels_of(&work.account);
    let ended = ladder::next_rank(levels, item) >= levels.len();
    if !ended || work.account.write_offs.iter().any(about) || guard::of_item(work.scene(), item).is_some() {
        return None;
    }
    let days = item.days_past_due(today);
    let old = rules.days_past_due > 0 && days >= i32::from(rules.days_past_due);
    let returned = rules.returned_by_agency && came_back(&work.account, item);
    let because = match (old, returned) {
        (_, true) => "the ladder has ended and the agency gave it back".to_owned(),
        (true, false) => format!("the ladder has ended and it is {days} days past due"),
        (false, false) => return None,
    };
    let items = vec![ItemAmount { invoice: number.clone(), amount: item.open }];
    Some(WriteOff {
        id,
        proposed_on: today,
        because,
        items,
        state: WriteOffState::Proposed,
        proposed_by: String::new(),
        decided_by: None,
        decided_on: None,
    })
}

/// The day on which it is old enough; none: never, or the ladder has not ended.
fn day_of(work: &Work<'_>, item: &OpenItem) -> Option<Date> {
    let days = work.policy.write_off.days_past_due;
    let levels = work.policy.levels_of(&work.account);
    let ended = ladder::next_rank(levels, item) >= levels.len();
    (days > 0 && ended).then(|| plus_days(item.invoice.due_on, i32::from(days)))
}

fn came_back(account: &Account, item: &OpenItem) -> bool {
    let last = account.placements.iter().rev().find(|placement| placement.holds(&item.invoice.number));
    last.is_some_and(|placement| placement.state == PlacementState::Returned)
}
