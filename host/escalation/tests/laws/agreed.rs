//! What people may agree with the debtor, and the fact that it becomes.

use escalation::allowance::ItemAmount;
use escalation::event::Fact;
use escalation::goods::{GoodsReturn, ReturnState};
use escalation::invoice::plus_days;
use escalation::money::Money;
use escalation::plan::{Instalment, PaymentPlan, PlanState};
use escalation::settlement::{Settlement, SettlementState};
use escalation::write_off::{WriteOff, WriteOffState};
use proptest::prelude::*;

use crate::world::World;

#[derive(Clone, Debug)]
pub enum Agree {
    Plan {
        n: u8,
        count: u8,
        first: i32,
    },
    CancelPlan,
    Settlement {
        n: u8,
        percent: u8,
        days: i32,
    },
    ApproveSettlement,
    DeclineSettlement,
    WriteOff(u8),
    ApproveWriteOff,
    DeclineWriteOff,
    Return {
        n: u8,
        days: i32,
    },
    Goods,
    /// All but a little, or a little too much.
    PayNearly {
        n: u8,
        off: i64,
    },
}

pub fn agree() -> impl Strategy<Value = Agree> {
    prop_oneof![
        2 => (any::<u8>(), 1u8..5, 0i32..20).prop_map(|(n, count, first)| Agree::Plan { n, count, first }),
        1 => Just(Agree::CancelPlan),
        2 => (any::<u8>(), 40u8..101, 0i32..20).prop_map(|(n, percent, days)| Agree::Settlement { n, percent, days }),
        2 => Just(Agree::ApproveSettlement),
        1 => Just(Agree::DeclineSettlement),
        2 => any::<u8>().prop_map(Agree::WriteOff),
        3 => Just(Agree::ApproveWriteOff),
        1 => Just(Agree::DeclineWriteOff),
        1 => (any::<u8>(), 0i32..20).prop_map(|(n, days)| Agree::Return { n, days }),
        1 => Just(Agree::Goods),
        3 => (any::<u8>(), -60i64..60).prop_map(|(n, off)| Agree::PayNearly { n, off }),
    ]
}

impl World {
    pub fn agreed(&mut self, agree: Agree) -> Option<Fact> {
        let today = self.now.date();
        let text = String::new();
        Some(match agree {
            Agree::Plan { n, count, first } => {
                let invoices = vec![self.item(n)?.clone()];
                let open = self.account.items[&invoices[0]].open;
                let each = Money { minor: open.minor / i64::from(count), ..open };
                let instalment =
                    |k: u8| Instalment { due_on: plus_days(today, first + 30 * i32::from(k)), amount: each };
                let instalments = (0..count).map(instalment).collect();
                let id = format!("plan-{}", self.fresh()).as_str().into();
                let (hardship, state) = ("other".to_owned(), PlanState::Running);
                let plan = PaymentPlan {
                    id,
                    agreed_on: today,
                    hardship,
                    text,
                    invoices,
                    instalments,
                    state,
                    balance: 0,
                    missed: Vec::new(),
                };
                Fact::PlanAgreed { plan }
            }
            Agree::CancelPlan => {
                let plan = self.account.plans.iter().find(|plan| plan.is_running())?.id.clone();
                Fact::PlanCancelled { plan, because: text }
            }
            Agree::Settlement { n, percent, days } => {
                let invoice = self.item(n)?.clone();
                let open = self.account.items[&invoice].open;
                let amount = open.share(i128::from(percent), 100)?;
                let settlement = Settlement {
                    id: format!("settlement-{}", self.fresh()).as_str().into(),
                    offered_on: today,
                    amount,
                    pay_by: plus_days(today, days),
                    because: text.clone(),
                    items: vec![ItemAmount { invoice, amount: open }],
                    state: SettlementState::Offered,
                    offered_by: text,
                    approved_by: None,
                    came_in_before: 0,
                };
                Fact::SettlementOffered { settlement }
            }
            Agree::ApproveSettlement | Agree::DeclineSettlement => {
                self.fresh();
                let offered = |known: &&Settlement| known.state == SettlementState::Offered;
                let settlement = self.account.settlements.iter().find(offered)?.id.clone();
                match agree {
                    Agree::ApproveSettlement => Fact::SettlementApproved { settlement },
                    _ => Fact::SettlementDeclined { settlement, because: text },
                }
            }
            Agree::Return { .. } | Agree::Goods => self.goods(agree)?,
            Agree::PayNearly { n, off } => {
                let number = self.item(n)?.clone();
                let open = self.account.items[&number].open;
                let mut payment = self.payment(open.minor + off, number.as_str());
                payment.amount.currency = open.currency;
                Fact::PaymentReceived { payment }
            }
            other => self.lost(other)?,
        })
    }

    fn goods(&mut self, agree: Agree) -> Option<Fact> {
        let today = self.now.date();
        if let Agree::Return { n, days } = agree {
            let invoice = self.item(n)?.clone();
            let value = self.account.items[&invoice].open;
            let offer = GoodsReturn {
                id: format!("return-{}", self.fresh()).as_str().into(),
                invoice,
                goods: "goods".into(),
                value,
                offered_on: today,
                until: plus_days(today, days),
                state: ReturnState::Offered,
                credited_before: 0,
            };
            return Some(Fact::ReturnOffered { offer });
        }
        let offer = self.account.returns.last()?.id.clone();
        Some(Fact::GoodsReceived { offer, value: None })
    }

    fn lost(&mut self, agree: Agree) -> Option<Fact> {
        let proposed = |known: &&WriteOff| known.state == WriteOffState::Proposed;
        let open = self.account.write_offs.iter().find(proposed).map(|known| known.id.clone());
        Some(match agree {
            Agree::WriteOff(n) => {
                let invoice = self.item(n)?.clone();
                let amount = self.account.items[&invoice].open;
                let write_off = WriteOff {
                    id: format!("write-off-{}", self.fresh()).as_str().into(),
                    proposed_on: self.now.date(),
                    because: "lost".into(),
                    items: vec![ItemAmount { invoice, amount }],
                    state: WriteOffState::Proposed,
                    proposed_by: String::new(),
                    decided_by: None,
                    decided_on: None,
                };
                Fact::WriteOffProposed { write_off }
            }
            Agree::ApproveWriteOff => {
                self.fresh();
                Fact::WriteOffApproved { write_off: open? }
            }
            _ => Fact::WriteOffDeclined { write_off: open?, because: String::new() },
        })
    }
}
