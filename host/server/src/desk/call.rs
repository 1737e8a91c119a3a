//! `/accounts/{id}/call`: what to say on the phone, and what came of it. For collectors who call by hand.

use axum::Extension;
use axum::extract::{Path, State};
use escalation::dispute::{Dispute, REASONS};
use escalation::promise::{Promise, PromiseState};
use escalation::report::CallResult;
use escalation::task::Task;
use escalation::{Account, AccountId, Date, DateTime, Fact, InvoiceNumber, Money};
use maud::{Markup, html};

use super::Page;
use super::actions::{self, Act, Done};
use super::forms::{self, From};
use super::layout::{self, About, Frame};
use super::notation::{amount, amounts, days};
use crate::api::Named;
use crate::api::account::{AccountView, gather};
use crate::web::guard::Visitor;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, link};

/// A promise, as far as dialers know: where it is picked up is our own affair.
const PICK_UP: &str = "pick_up";

/// How a call ends, as dialers report it, and as a person says it.
const ENDINGS: [(&str, &str); 15] = [
    ("rpc_ptp", "promised to pay"),
    (PICK_UP, "promised to pay, and we pick it up: cheque or cash"),
    ("rpc_paid_claimed", "says that it is paid"),
    ("rpc_dispute", "disputes an invoice"),
    ("rpc_hardship", "cannot pay now"),
    ("rpc_refused", "will not pay"),
    ("rpc_callback", "wants to be called again"),
    ("no_answer", "nobody answered"),
    ("busy", "the line was busy"),
    ("voicemail_left", "left a message to call back, without a word about the debt"),
    ("third_party_no_disclosure", "somebody else answered; nothing was said about the debt"),
    ("wrong_party", "the number belongs to somebody else"),
    ("invalid_number", "the number does not work"),
    ("dnc_request", "does not want to be called"),
    ("cease_request", "does not want to be contacted at all"),
];

pub async fn page(
    State(web): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    name: Result<Named, Problem>,
) -> Page {
    let Named(id) = name?;
    let hub: &dyn Hub = web.hub.as_ref();
    let view = gather(hub, &AccountId::new(id)).await?;
    let body = html! {
        p.crumb { a href="/accounts" { "Accounts" } " / " a href=(link::account(&view.id)) { (view.id) } " / call" }
        h1 { "Call " (view.debtor.name) }
        p.lead { @match &view.debtor.phone { Some(phone) => { (phone) }, None => { "No phone number is known." } } }
        @if let Some(why) = keeps_from_calling(&view) { div.notice.bad { strong { "Do not call: " } (why) } }
        div.sides {
            div { (script(&view, &hub.creditor().name)) }
            div { section.card { h2 { "What came of it" } (ending(&view, &visitor)) } }
        }
    };
    let about = About { title: &format!("Call {}", view.debtor.name), here: "/accounts", live: "/live" };
    Ok(layout::page(&Frame::of(hub).await?, &about, body))
}

/// What stands against every call; the hours and the budget are looked at by who dials.
fn keeps_from_calling(view: &AccountView) -> Option<String> {
    let stopped = view.stopped.iter().find(|medium| ["all", "call"].contains(&medium.as_str()));
    let protected = view.protections.iter().find(|known| known.holds);
    let listed = view.next.blocks.iter().find(|reason| {
        ["after-conversation", "contact-budget", "call-budget", "quiet-hours", "holiday", "placed"]
            .contains(&reason.code.as_str())
    });
    stopped
        .map(|_| "the debtor asked not to be called".to_owned())
        .or_else(|| protected.map(|known| format!("{} is on record", known.kind)))
        .or_else(|| listed.map(|reason| reason.text.clone()))
}

fn script(view: &AccountView, creditor: &str) -> Markup {
    let overdue: Vec<_> = view.items.iter().filter(|item| item.days_past_due > 0).collect();
    html! {
        section.card {
            h2 { "What to say" }
            ol {
                li { "Say who you are: your name, " (creditor) ". Ask for " strong { (view.debtor.name) } ", or who pays the invoices there." }
                li { "With anybody else, say nothing about the debt. Ask when to call again." }
                li {
                    "It is about " strong { (amounts(&view.overdue)) } ", the oldest " (days(view.days_past_due)) " past due."
                    ul { @for item in &overdue { li { (item.invoice) " of " (item.issued_on) ", due " (item.due_on) ": " strong { (amount(&item.open)) } } } }
                }
                li { "Ask: " em { "When will you pay it?" } " Wait for a day and an amount, and repeat both." }
                li { "If the money is hard to send, offer to have it picked up, and ask for the day and the place." }
                li { "If they cannot pay: " em { "What keeps you from it?" } " Offer instalments, or what the policy allows." }
                li { "If something is wrong with the invoice or the goods, take the reason. Nobody asks for a disputed amount." }
                li { "Stay friendly. Announce only what happens next: it stands on the account's page." }
            }
        }
    }
}

fn ending(view: &AccountView, visitor: &Visitor) -> Markup {
    let fields = html! {
        label.grow { "The call ended"
            select name="ending" required {
                option value="" { "choose" }
                @for (word, text) in ENDINGS { option value=(word) { (text) } }
            }
        }
        label { "Promised amount" input.short type="text" name="amount" inputmode="decimal"; }
        label { "Promised for" input type="date" name="due"; }
        (forms::note("place", "Picked up at", false))
        label { "Disputed invoice"
            select name="invoice" {
                option value="" { "none" }
                @for item in &view.items { option value=(item.invoice) { (item.invoice) ", " (amount(&item.open)) } }
            }
        }
        label { "Why it is disputed"
            select name="reason" { @for reason in REASONS { option value=(reason) { (reason.replace('-', " ")) } } }
        }
        (forms::note("note", "Note", false))
        (forms::who(visitor))
        button type="submit" { "Put on record" }
    };
    forms::form(visitor, &view.id, "call", From::Account, fields)
}

pub async fn called(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let account = actions::account(&web, &id).await?;
    let now = web.hub.now();
    let ending = act.needed("ending")?;
    if !ENDINGS.iter().any(|(word, _)| *word == ending) {
        let hint = "go back and choose one of the list";
        return Err(Problem::wrong(format!("a call cannot end as `{ending}`"), hint).into());
    }
    let mut facts = vec![Fact::CallEnded(CallResult {
        account: account.id.clone(),
        call: None,
        disposition: if ending == PICK_UP { "rpc_ptp" } else { ending }.to_owned(),
        at: now,
        duration_s: 0,
        agent: act.who()?.to_owned(),
        text: act.text("note")?.to_owned(),
    })];
    match ending {
        "rpc_ptp" => facts.push(Fact::PromiseMade { promise: promised(&account, &act, now)? }),
        PICK_UP => {
            actions::work::room(&account)?;
            let promise = promised(&account, &act, now)?;
            let task = Task::pick_up(&promise, act.needed("place")?, now.date());
            facts.extend([Fact::PromiseMade { promise }, Fact::TaskOpened { task }]);
        }
        "rpc_dispute" => facts.push(disputed(&account, &act, now)?),
        _ => {}
    }
    actions::record_all(&web, &id, &act, facts, "called").await
}

/// A promise of what is overdue in one currency, or of less.
fn promised(account: &Account, act: &Act, now: DateTime) -> Result<Promise, Problem> {
    let given = act.needed("due")?;
    let due_on: Date =
        given.parse().map_err(|_| Problem::wrong(format!("`{given}` is not a day"), "write it as `2026-03-31`"))?;
    if due_on < now.date() {
        return Err(Problem::wrong("the promised day has passed", "choose today or a later day"));
    }
    let open = account.open();
    let Some(owed) = open.first() else {
        return Err(Problem::wrong("nothing is owed on this account", "reload the page: it may have been paid"));
    };
    let written = act.needed("amount")?.replace(' ', "").replace(',', ".");
    let (number, currency) = match written.split_at_checked(written.len().saturating_sub(3)) {
        Some((number, code)) if code.bytes().all(|byte| byte.is_ascii_uppercase()) => (number, code.parse().ok()),
        _ => (written.as_str(), None),
    };
    let amount = Money::parse(number, currency.unwrap_or(owed.currency))
        .map_err(|error| Problem::wrong(error.to_string(), "write it as `1200.00`"))?;
    let most = open.iter().find(|sum| sum.currency == amount.currency);
    if !amount.is_positive() || most.is_none_or(|most| amount.minor > most.minor) {
        let sums: Vec<String> = open.iter().map(Money::to_string).collect();
        return Err(Problem::wrong(format!("{amount} cannot be promised"), format!("at most {}", sums.join(" or "))));
    }
    Ok(Promise {
        id: format!("desk:{now}").as_str().into(),
        amount,
        made_on: now.date(),
        due_on,
        invoices: Vec::new(),
        text: act.text("note")?.to_owned(),
        state: PromiseState::Running,
        received: Money::zero(amount.currency),
    })
}

fn disputed(account: &Account, act: &Act, now: DateTime) -> Result<Fact, Problem> {
    let invoice = InvoiceNumber::new(act.needed("invoice")?);
    let reason = act.needed("reason")?.to_owned();
    if !REASONS.contains(&reason.as_str()) {
        return Err(Problem::wrong(format!("`{reason}` is no reason"), REASONS.join(", ")));
    }
    let Some(item) = account.items.get(&invoice).filter(|item| item.is_open()) else {
        return Err(Problem::wrong(format!("`{invoice}` is not open"), "choose an open invoice of this account"));
    };
    let dispute = Dispute {
        id: format!("desk:{now}").as_str().into(),
        amount: item.open,
        invoice,
        reason,
        text: act.text("note")?.to_owned(),
        opened_on: now.date(),
        resolution: None,
        owner: None,
    };
    Ok(Fact::DisputeOpened { dispute })
}
