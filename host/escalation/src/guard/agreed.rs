//! What was agreed with the debtor holds the ladder while it is kept.

use super::{Guard, Scene};
use crate::goods::ReturnState;
use crate::invoice::{OpenItem, plus_days};
use crate::plan::judged_on;
use crate::settlement::SettlementState;

pub(super) fn of_item(scene: Scene<'_>, item: &OpenItem) -> Option<Guard> {
    plan(scene, item).or_else(|| settlement(scene, item)).or_else(|| goods_return(scene, item))
}

/// A plan that is behind holds nothing.
fn plan(scene: Scene<'_>, item: &OpenItem) -> Option<Guard> {
    let number = &item.invoice.number;
    let grace = scene.policy.plan.grace_days;
    let mut plans = scene.account.plans.iter().filter(|plan| plan.is_running() && plan.invoices.contains(number));
    plans.find_map(|plan| {
        let standing = plan.standing(scene.account, scene.now.today(), grace);
        let next = standing.next.filter(|_| standing.behind.is_none())?;
        let text = format!("payment plan: {} by {}", next.amount, next.due_on);
        Some(Guard::new("plan", text, Some(plus_days(judged_on(next.due_on, grace), 1))))
    })
}

fn settlement(scene: Scene<'_>, item: &OpenItem) -> Option<Guard> {
    let mut settlements = scene.account.settlements.iter();
    let settlement = settlements.find(|known| known.is_live() && known.is_about(&item.invoice.number))?;
    let text = match settlement.state {
        SettlementState::Agreed => format!("settlement: {} by {}", settlement.amount, settlement.pay_by),
        _ => format!("a settlement of {} waits for a second person", settlement.amount),
    };
    let until = plus_days(settlement.pay_by, i32::from(scene.policy.settlement.grace_days) + 1);
    Some(Guard::new("settlement", text, Some(until)))
}

fn goods_return(scene: Scene<'_>, item: &OpenItem) -> Option<Guard> {
    let ours = scene.account.returns.iter().filter(|offer| offer.invoice == item.invoice.number);
    for offer in ours {
        if offer.awaits_credit(item) {
            let text = format!("goods are back; the credit memo of {} is awaited", offer.value);
            return Some(Guard::new("goods-return", text, None));
        }
        if offer.state == ReturnState::Offered && scene.now.today() <= offer.until {
            let text = format!("`{}` may come back until {}", offer.goods, offer.until);
            return Some(Guard::new("goods-return", text, Some(plus_days(offer.until, 1))));
        }
    }
    None
}
