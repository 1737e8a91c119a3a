//! What a collector agrees with a debtor, and what a second person approves.

use axum::extract::{Path, State};
use escalation::allowance::ItemAmount;
use escalation::goods::{GoodsReturn, ReturnState};
use escalation::id::{LevelId, PlanId, ReturnId, SettlementId, WriteOffId};
use escalation::invoice::OpenItem;
use escalation::plan::{HARDSHIPS, Instalment, PaymentPlan, PlanState};
use escalation::settlement::{Settlement, SettlementState};
use escalation::write_off::{WriteOff, WriteOffState, may_approve};
use escalation::{Account, Date, Fact, InvoiceNumber, Money};
use jiff::ToSpan;

use super::{Act, Done, account, changed, record};
use crate::web::Shared;
use crate::web::problem::Problem;

/// Instalments of one plan that the form takes; the policy may allow fewer.
const INSTALMENTS_MAX: i64 = 120;

/// The form's `what` says which agreement it is.
pub async fn agree(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let known = account(&web, &id).await?;
    let today = web.hub.now().date();
    let fact = match act.needed("what")? {
        "plan" => plan(&known, &act, today)?,
        "settlement" => settlement(&known, &act, today)?,
        "write-off" => write_off(&known, &act, today)?,
        "return" => goods_return(&known, &act, today)?,
        decided => decision(&known, &act, decided)?,
    };
    record(&web, &id, &act, fact, "agreed").await
}

/// Equal instalments a month apart; the last one takes what does not divide.
fn plan(account: &Account, act: &Act, today: Date) -> Result<Fact, Problem> {
    let items = items(account, act)?;
    let total = sum(&items)?;
    let first = day(act, "first", today)?;
    let count = act.needed("count")?.parse::<i64>().ok().filter(|count| (2..=INSTALMENTS_MAX).contains(count));
    let count = count.ok_or_else(|| Problem::wrong("`count` is no number of instalments", "allowed: 2 to 120"))?;
    let hardship = act.needed("hardship")?;
    if !HARDSHIPS.contains(&hardship) {
        return Err(Problem::wrong(format!("`{hardship}` is no reason"), format!("allowed: {}", HARDSHIPS.join(", "))));
    }
    let each = total.minor / count;
    if each == 0 {
        return Err(Problem::wrong(format!("{total} cannot be paid in {count} instalments"), "choose fewer"));
    }
    let instalments = (0..count).map(|n| {
        let minor = if n == count - 1 { total.minor - each * (count - 1) } else { each };
        Instalment { due_on: first.saturating_add(n.months()), amount: Money { minor, currency: total.currency } }
    });
    let plan = PaymentPlan {
        id: PlanId::new(format!("plan:{}:{}", account.id, account.plans.len() + 1)),
        agreed_on: today,
        hardship: hardship.to_owned(),
        text: act.text("note")?.to_owned(),
        invoices: items.iter().map(|item| item.invoice.number.clone()).collect(),
        instalments: instalments.collect(),
        state: PlanState::Running,
        balance: 0,
        missed: Vec::new(),
    };
    Ok(Fact::PlanAgreed { plan })
}

fn settlement(account: &Account, act: &Act, today: Date) -> Result<Fact, Problem> {
    let items = items(account, act)?;
    let (balance, pay_by) = (sum(&items)?, day(act, "until", today)?);
    let amount = money(act, balance)?;
    if amount.minor >= balance.minor {
        return Err(Problem::wrong(format!("{amount} is not less than {balance}"), "a settlement is for less"));
    }
    let about = |known: &Settlement| known.is_live() && items.iter().any(|item| known.is_about(&item.invoice.number));
    if account.settlements.iter().any(about) {
        return Err(changed("a settlement about one of these invoices is running"));
    }
    let settlement = Settlement {
        id: SettlementId::new(format!("settlement:{}:{}", account.id, account.settlements.len() + 1)),
        offered_on: today,
        amount,
        pay_by,
        because: act.needed("reason")?.to_owned(),
        items: items.iter().map(|item| part(item)).collect(),
        state: SettlementState::Offered,
        offered_by: String::new(),
        approved_by: None,
        came_in_before: 0,
    };
    Ok(Fact::SettlementOffered { settlement })
}

fn write_off(account: &Account, act: &Act, today: Date) -> Result<Fact, Problem> {
    let items = items(account, act)?;
    let write_off = WriteOff {
        id: WriteOffId::new(format!("write-off:{}:{}", account.id, account.write_offs.len() + 1)),
        proposed_on: today,
        because: act.needed("reason")?.to_owned(),
        items: items.iter().map(|item| part(item)).collect(),
        state: WriteOffState::Proposed,
        proposed_by: String::new(),
        decided_by: None,
        decided_on: None,
    };
    Ok(Fact::WriteOffProposed { write_off })
}

fn goods_return(account: &Account, act: &Act, today: Date) -> Result<Fact, Problem> {
    let items = items(account, act)?;
    let Some(item) = items.first() else { return Err(changed("this invoice is not open")) };
    let offer = GoodsReturn {
        id: ReturnId::new(format!("return:{}:{}", account.id, account.returns.len() + 1)),
        invoice: item.invoice.number.clone(),
        goods: act.needed("goods")?.to_owned(),
        value: money(act, item.open)?,
        offered_on: today,
        until: day(act, "until", today)?,
        state: ReturnState::Offered,
        credited_before: 0,
    };
    Ok(Fact::ReturnOffered { offer })
}

/// A word on something that was agreed or proposed before.
fn decision(account: &Account, act: &Act, what: &str) -> Result<Fact, Problem> {
    let (id, who) = (act.needed("id")?, act.who()?);
    let because = || act.needed("reason").map(str::to_owned);
    let settlement = || {
        let mut known = account.settlements.iter();
        let known = known.find(|one| one.id.as_str() == id && one.state == SettlementState::Offered);
        known.ok_or_else(|| changed("this settlement does not wait for a decision"))
    };
    let write_off = || {
        let mut known = account.write_offs.iter();
        let known = known.find(|one| one.id.as_str() == id && one.state == WriteOffState::Proposed);
        known.ok_or_else(|| changed("this write-off does not wait for a decision"))
    };
    let level = || {
        let known = account.proposals.get(&LevelId::new(id)).filter(|known| known.missing() > 0);
        known.ok_or_else(|| changed("this level does not wait for a decision"))
    };
    Ok(match what {
        "approve-settlement" => {
            second(&settlement()?.offered_by, who)?;
            Fact::SettlementApproved { settlement: SettlementId::new(id) }
        }
        "decline-settlement" => {
            settlement()?;
            Fact::SettlementDeclined { settlement: SettlementId::new(id), because: because()? }
        }
        "approve-write-off" => {
            second(&write_off()?.proposed_by, who)?;
            Fact::WriteOffApproved { write_off: WriteOffId::new(id) }
        }
        "decline-write-off" => {
            write_off()?;
            Fact::WriteOffDeclined { write_off: WriteOffId::new(id), because: because()? }
        }
        "approve-level" => {
            if level()?.is_approved_by(who) {
                return Err(changed("you approved it already: a second, different person has to"));
            }
            Fact::LevelApproved { level: LevelId::new(id) }
        }
        "decline-level" => {
            level()?;
            Fact::LevelDeclined { level: LevelId::new(id), because: because()? }
        }
        "cancel-plan" => {
            let running = account.plans.iter().any(|plan| plan.id.as_str() == id && plan.is_running());
            if !running {
                return Err(changed("this plan is not running"));
            }
            Fact::PlanCancelled { plan: PlanId::new(id), because: because()? }
        }
        "goods" => {
            let known = account.returns.iter().any(|one| one.id.as_str() == id && one.state == ReturnState::Offered);
            if !known {
                return Err(changed("these goods are not awaited"));
            }
            Fact::GoodsReceived { offer: ReturnId::new(id), value: None }
        }
        other => return Err(Problem::wrong(format!("`{other}` is nothing to agree"), "go back and reload the page")),
    })
}

/// Four eyes.
fn second(first: &str, who: &str) -> Result<(), Problem> {
    if may_approve(first, who) {
        return Ok(());
    }
    Err(Problem::wrong(format!("{who} cannot approve what {first} proposed"), "another person has to approve it"))
}

/// The open invoices that the form names, all of one currency.
pub(super) fn items<'a>(account: &'a Account, act: &Act) -> Result<Vec<&'a OpenItem>, Problem> {
    let mut found = Vec::new();
    for number in act.needed("invoices")?.split(',').map(str::trim).filter(|number| !number.is_empty()) {
        let item = account.items.get(&InvoiceNumber::new(number)).filter(|item| item.is_open());
        found.push(item.ok_or_else(|| changed(&format!("`{number}` is no open invoice of this account")))?);
    }
    let currency = found.first().map(|item: &&OpenItem| item.open.currency);
    match found.iter().all(|item| Some(item.open.currency) == currency) {
        true => Ok(found),
        false => Err(Problem::wrong("these invoices are in several currencies", "agree each currency by itself")),
    }
}

fn sum(items: &[&OpenItem]) -> Result<Money, Problem> {
    let sums = escalation::account::sum(items.iter().map(|item| item.open));
    sums.first().copied().ok_or_else(|| changed("nothing is open on these invoices"))
}

fn part(item: &OpenItem) -> ItemAmount {
    ItemAmount { invoice: item.invoice.number.clone(), amount: item.open }
}

/// More than nothing, at most what is open.
fn money(act: &Act, most: Money) -> Result<Money, Problem> {
    let text = act.needed("amount")?.replace(' ', "").replace(',', ".");
    let amount = Money::parse(&text, most.currency)
        .map_err(|error| Problem::wrong(error.to_string(), "write it as `1200.00`"))?;
    match amount.is_positive() && amount.minor <= most.minor {
        true => Ok(amount),
        false => Err(Problem::wrong(format!("{amount} cannot be agreed"), format!("more than 0, at most {most}"))),
    }
}

pub(super) fn day(act: &Act, name: &str, today: Date) -> Result<Date, Problem> {
    let text = act.needed(name)?;
    let day: Date =
        text.parse().map_err(|_| Problem::wrong(format!("`{text}` is not a day"), "write it as `2026-03-31`"))?;
    match day < today {
        true => Err(Problem::wrong(format!("{day} is over"), "choose today or a later day")),
        false => Ok(day),
    }
}
