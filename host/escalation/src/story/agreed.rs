//! What a person agrees with a debtor in a story, and the fact that it becomes.

use jiff::civil::Date;

use super::says::because;
use super::text::{Read, Words};
use super::world::World;
use crate::account::Account;
use crate::allowance::ItemAmount;
use crate::event::Fact;
use crate::goods::{GoodsReturn, ReturnState};
use crate::id::{InvoiceNumber, PlanId, ReturnId, SettlementId, WriteOffId};
use crate::money::Money;
use crate::plan::{Instalment, PaymentPlan, PlanState};
use crate::settlement::{Settlement, SettlementState};
use crate::write_off::{WriteOff, WriteOffState};

/// Who, and what.
#[derive(Clone, Debug)]
pub(super) struct Agrees {
    pub who: String,
    pub what: Agreement,
}

#[derive(Clone, Debug)]
pub(super) enum Agreement {
    Plan { name: String, invoices: Vec<InvoiceNumber>, instalments: Vec<Instalment> },
    CancelPlan { name: String },
    Settlement { name: String, amount: Money, pay_by: Date, invoices: Vec<InvoiceNumber> },
    ApproveSettlement { name: String },
    WriteOff { invoice: InvoiceNumber, because: String },
    ApproveWriteOff { invoice: InvoiceNumber },
    DeclineWriteOff { invoice: InvoiceNumber },
    Return { invoice: InvoiceNumber, value: Money, until: Date },
    Goods { invoice: InvoiceNumber, value: Option<Money> },
}

/// `KIM agrees plan with ACME for INV-7 in 400.00 EUR by 2026-04-01, 400.00 EUR by 2026-05-01`
pub(super) fn read(words: &mut Words<'_>) -> Read<Agrees> {
    let who = words.name()?;
    let what = if words.takes("agrees plan with") {
        let name = words.name()?;
        words.needs("for")?;
        let invoices = words.numbers()?;
        words.needs("in")?;
        Agreement::Plan { name, invoices, instalments: instalments(words.rest())? }
    } else if words.takes("cancels plan of") {
        Agreement::CancelPlan { name: words.name()? }
    } else if words.takes("offers settlement of") {
        let amount = words.money()?;
        words.needs("to")?;
        let name = words.name()?;
        words.needs("by")?;
        let pay_by = words.date()?;
        words.needs("for")?;
        Agreement::Settlement { name, amount, pay_by, invoices: words.numbers()? }
    } else if words.takes("approves settlement of") {
        Agreement::ApproveSettlement { name: words.name()? }
    } else if words.takes("proposes write-off of") {
        Agreement::WriteOff { invoice: words.number()?, because: because(words, "lost") }
    } else if words.takes("approves write-off of") {
        Agreement::ApproveWriteOff { invoice: words.number()? }
    } else if words.takes("declines write-off of") {
        Agreement::DeclineWriteOff { invoice: words.number()? }
    } else if words.takes("offers return of") {
        let invoice = words.number()?;
        words.needs("worth")?;
        let value = words.money()?;
        words.needs("until")?;
        Agreement::Return { invoice, value, until: words.date()? }
    } else {
        words.needs("receives goods of")?;
        let invoice = words.number()?;
        let value = if words.takes("worth") { Some(words.money()?) } else { None };
        Agreement::Goods { invoice, value }
    };
    Ok(Agrees { who, what })
}

fn instalments(list: &str) -> Read<Vec<Instalment>> {
    let mut found = Vec::new();
    for part in list.split(',') {
        let mut words = Words::new(part);
        let amount = words.money()?;
        words.needs("by")?;
        found.push(Instalment { due_on: words.date()?, amount });
        words.ends()?;
    }
    Ok(found)
}

/// Folds what was agreed, as the desk would record it.
pub(super) fn hear(world: &mut World<'_>, agrees: &Agrees) -> Read<Vec<String>> {
    let today = world.now.date();
    let (name, fact) = fact(world, &agrees.what, today)?;
    world.happens(&name, &format!("desk:{}", agrees.who), fact);
    Ok(vec![name])
}

fn fact(world: &mut World<'_>, what: &Agreement, today: Date) -> Read<(String, Fact)> {
    Ok(match what {
        Agreement::Plan { name, invoices, instalments } => {
            let plan = PaymentPlan {
                id: PlanId::new(world.fresh("plan")),
                agreed_on: today,
                hardship: "cash-flow".to_owned(),
                text: String::new(),
                invoices: invoices.clone(),
                instalments: instalments.clone(),
                state: PlanState::Running,
                balance: 0,
                missed: Vec::new(),
            };
            (name.clone(), Fact::PlanAgreed { plan })
        }
        Agreement::CancelPlan { name } => {
            let mut plans = account(world, name)?.plans.iter();
            let plan = plans.find(|plan| plan.is_running()).map(|plan| plan.id.clone());
            let plan = plan.ok_or_else(|| format!("{name} has no running plan"))?;
            (name.clone(), Fact::PlanCancelled { plan, because: "cancelled".to_owned() })
        }
        Agreement::Settlement { name, amount, pay_by, invoices } => {
            let (amount, pay_by) = (*amount, *pay_by);
            let items = invoices.iter().map(|invoice| ItemAmount { invoice: invoice.clone(), amount }).collect();
            let settlement = Settlement {
                id: SettlementId::new(world.fresh("settlement")),
                offered_on: today,
                amount,
                pay_by,
                because: "better than nothing".to_owned(),
                items,
                state: SettlementState::Offered,
                offered_by: String::new(),
                approved_by: None,
                came_in_before: 0,
            };
            (name.clone(), Fact::SettlementOffered { settlement })
        }
        Agreement::ApproveSettlement { name } => {
            let mut known = account(world, name)?.settlements.iter();
            let open = known.find(|known| known.state == SettlementState::Offered).map(|known| known.id.clone());
            let settlement = open.ok_or_else(|| format!("no settlement of {name} waits for approval"))?;
            (name.clone(), Fact::SettlementApproved { settlement })
        }
        Agreement::WriteOff { .. } | Agreement::ApproveWriteOff { .. } | Agreement::DeclineWriteOff { .. } => {
            write_off(world, what, today)?
        }
        Agreement::Return { invoice, value, until } => {
            let offer = GoodsReturn {
                id: ReturnId::new(world.fresh("return")),
                invoice: invoice.clone(),
                goods: "goods".to_owned(),
                value: *value,
                offered_on: today,
                until: *until,
                state: ReturnState::Offered,
                credited_before: 0,
            };
            (world.owner(invoice)?, Fact::ReturnOffered { offer })
        }
        Agreement::Goods { invoice, value } => {
            let name = world.owner(invoice)?;
            let mut offers = account(world, &name)?.returns.iter().rev();
            let offer = offers.find(|offer| &offer.invoice == invoice).map(|offer| offer.id.clone());
            let offer = offer.ok_or_else(|| format!("no return of `{invoice}` was offered"))?;
            (name, Fact::GoodsReceived { offer, value: *value })
        }
    })
}

fn write_off(world: &mut World<'_>, what: &Agreement, today: Date) -> Read<(String, Fact)> {
    let proposed = |world: &World<'_>, invoice: &InvoiceNumber| -> Read<(String, WriteOffId)> {
        let name = world.owner(invoice)?;
        let mut known = account(world, &name)?.write_offs.iter();
        let open = known.find(|known| known.state == WriteOffState::Proposed && known.is_about(invoice));
        let id =
            open.map(|known| known.id.clone()).ok_or_else(|| format!("`{invoice}` is not proposed for write-off"))?;
        Ok((name, id))
    };
    match what {
        Agreement::ApproveWriteOff { invoice } => {
            let (name, write_off) = proposed(world, invoice)?;
            Ok((name, Fact::WriteOffApproved { write_off }))
        }
        Agreement::DeclineWriteOff { invoice } => {
            let (name, write_off) = proposed(world, invoice)?;
            Ok((name, Fact::WriteOffDeclined { write_off, because: "not yet".to_owned() }))
        }
        Agreement::WriteOff { invoice, because } => {
            let name = world.owner(invoice)?;
            let open = account(world, &name)?.items.get(invoice).map(|item| item.open);
            let amount = open.ok_or_else(|| format!("there is no invoice `{invoice}` yet"))?;
            let write_off = WriteOff {
                id: WriteOffId::new(world.fresh("write-off")),
                proposed_on: today,
                because: because.clone(),
                items: vec![ItemAmount { invoice: invoice.clone(), amount }],
                state: WriteOffState::Proposed,
                proposed_by: String::new(),
                decided_by: None,
                decided_on: None,
            };
            Ok((name, Fact::WriteOffProposed { write_off }))
        }
        _ => Err("this is no write-off".to_owned()),
    }
}

/// What a story may ask of these facts, in its own words.
pub(super) fn seen(name: &str, fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::PlanRefused { .. } => format!("plan of {name} refused"),
        Fact::PlanKept { .. } => format!("plan of {name} kept"),
        Fact::PlanBroken { .. } => format!("plan of {name} broken"),
        Fact::InstalmentMissed { due_on, .. } => format!("instalment of {name} missed {due_on}"),
        Fact::SettlementAccepted { .. } => format!("settlement of {name} accepted"),
        Fact::SettlementKept { .. } => format!("settlement of {name} kept"),
        Fact::SettlementFailed { .. } => format!("settlement of {name} failed"),
        Fact::WriteOffProposed { write_off } => {
            format!("propose write-off of {}", write_off.items.first()?.invoice)
        }
        Fact::Charged { charge } => format!("charge {} {} for {}", charge.kind.as_str(), charge.amount, charge.invoice),
        Fact::ReturnLapsed { .. } => format!("return of {name} lapsed"),
        _ => return None,
    })
}

/// `plan of ACME broken`, `instalment of ACME missed 2026-04-01`, `propose write-off of INV-7`
pub(super) fn expected(words: &mut Words<'_>) -> Read<Option<String>> {
    let kinds: [(&str, &[&str]); 4] = [
        ("plan", &["kept", "broken", "refused"]),
        ("settlement", &["accepted", "kept", "failed"]),
        ("instalment", &["missed"]),
        ("return", &["lapsed"]),
    ];
    if words.takes("propose write-off of") {
        return Ok(Some(format!("propose write-off of {}", words.number()?)));
    }
    if words.takes("charge") {
        let kind = words.word("interest, fee or compensation")?;
        if !["interest", "fee", "compensation"].contains(&kind) {
            return Err(format!("`{kind}` is not interest, fee or compensation"));
        }
        let amount = words.money()?;
        words.needs("for")?;
        return Ok(Some(format!("charge {kind} {amount} for {}", words.number()?)));
    }
    for (kind, ends) in kinds {
        if !words.takes(&format!("{kind} of")) {
            continue;
        }
        let name = words.name()?;
        let end = words.word(&ends.join(" or "))?;
        if !ends.contains(&end) {
            return Err(format!("`{end}` is not {}", ends.join(" or ")));
        }
        let day = if kind == "instalment" { format!(" {}", words.date()?) } else { String::new() };
        return Ok(Some(format!("{kind} of {name} {end}{day}")));
    }
    Ok(None)
}

fn account<'a>(world: &'a World<'_>, name: &str) -> Read<&'a Account> {
    world.lanes.get(name).map(|lane| &lane.account).ok_or_else(|| format!("nobody is called `{name}` yet"))
}
