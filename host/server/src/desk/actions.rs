//! What people do at the desk: each form becomes an event on the account. No act without the visitor's proof.

pub mod agreed;
pub mod mandate;
pub mod upfront;
pub mod work;

use std::collections::BTreeMap;

use axum::extract::{Form, FromRequest, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use escalation::cash::{Allocation, Evidence, Target};
use escalation::id::DisputeId;
use escalation::protection::{Protection, ProtectionKind};
use escalation::{Account, AccountId, Date, EffectKey, Fact, InvoiceNumber, Money, PaymentId, approval};

use super::Failed;
use crate::api::connections;
use crate::api::effects::needs_approval;
use crate::api::lanes;
use crate::web::guard::{self, Visitor};
use crate::web::problem::Problem;
use crate::web::{Shared, Turn, limits, link, session};

pub(super) type Done = Result<Response, Failed>;

/// A form whose proof was right.
pub struct Act {
    fields: BTreeMap<String, String>,
}

impl FromRequest<Shared> for Act {
    type Rejection = Failed;

    async fn from_request(request: Request, web: &Shared) -> Result<Self, Failed> {
        let proof = request.extensions().get::<Visitor>().map(|visitor| visitor.form_proof.clone()).unwrap_or_default();
        let form = Form::<BTreeMap<String, String>>::from_request(request, web).await;
        let Form(fields) = form.map_err(|rejection| {
            let hint = "go back, shorten what you wrote and send the form again";
            Problem::new(rejection.status(), rejection.body_text(), hint)
        })?;
        let given = fields.get("proof").map(String::as_str).unwrap_or_default();
        if proof.is_empty() || !session::same(&web.access.token, given, &proof) {
            let hint = "go back, reload the page and send the form again";
            return Err(Problem::new(StatusCode::FORBIDDEN, "the form does not belong to this session", hint).into());
        }
        Ok(Self { fields })
    }
}

impl Act {
    /// Trimmed; empty when not given.
    pub(super) fn text(&self, name: &str) -> Result<&str, Problem> {
        let text = self.fields.get(name).map(|text| text.trim()).unwrap_or_default();
        if text.chars().count() > limits::NOTE_CHARS_MAX || text.chars().any(char::is_control) {
            let hint = format!("one line of at most {} characters", limits::NOTE_CHARS_MAX);
            return Err(Problem::wrong(format!("`{name}` cannot be kept"), hint));
        }
        Ok(text)
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Problem> {
        match self.text(name)? {
            "" => Err(Problem::wrong(format!("`{name}` is missing"), "go back and fill it in")),
            text => Ok(text),
        }
    }

    pub(super) fn who(&self) -> Result<&str, Problem> {
        let who = self.needed("who")?;
        if who.chars().count() > limits::WHO_CHARS_MAX {
            return Err(Problem::wrong(
                "the name is too long",
                format!("at most {} characters", limits::WHO_CHARS_MAX),
            ));
        }
        Ok(who)
    }

    /// Back to the page of the form, which then says what was done.
    fn back(&self, account: &str, said: &str) -> Response {
        let page = match self.fields.get("from").map(String::as_str) {
            Some("needs") => "/needs".to_owned(),
            Some("tasks") => "/tasks".to_owned(),
            _ => link::account(account),
        };
        see(&page, said)
    }
}

/// What the page says after an act, by the word in its address.
pub fn said(word: &str) -> Option<&'static str> {
    match word {
        "blocked" => Some("Dunning is blocked. The next decision takes it into account."),
        "unblocked" => Some("The block is lifted. The next decision goes on where the ladder stands."),
        "protected" => Some("It is on record. Nobody contacts this debtor, and what was handed on is called back."),
        "unprotected" => Some("It has ended. The next decision goes on where the ladder stands."),
        "mandated" => Some("The mandate is on record. The firm's letter may go out."),
        "mandate-ended" => Some("It has ended. No letter goes out in the firm's name."),
        "stop-lifted" => Some("The medium may be used again."),
        "called" => Some("The call is on record."),
        "resolved" => Some("The dispute is resolved."),
        "agreed" => Some("It is on record. The next decision takes it into account."),
        "assigned" => Some("The money is assigned."),
        "settled" => Some("The outcome is on record."),
        "approved" => Some("It is approved and goes out with the next turn."),
        "approved-first" => Some("Your approval is on record. A second, different person has to approve it too."),
        "moved" => Some("The payment is on its new account."),
        "repaired" => Some("The account is taken up again."),
        "closed" => Some("The invoice is closed: nothing is owed on it."),
        "backfill-begun" => Some("History is read in: nothing is planned or sent until it ends."),
        "backfill-ended" => Some("The backfill has ended. Accounts are looked at again tomorrow morning."),
        "reconciling" => Some("The source is asked for everything with the next turn."),
        "resumed" => Some("The connection is used again."),
        "applied" => Some("The application is on record."),
        "recorded" => Some("It is on record. The next decision takes it into account."),
        "decided" => Some("The application is decided."),
        "paused" => Some("The connection is paused; nothing is asked of it."),
        _ => None,
    }
}

pub async fn block(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let until = last_day(&web, &act)?;
    let fact = Fact::DunningBlocked { reason: act.needed("reason")?.to_owned(), until };
    record(&web, &id, &act, fact, "blocked").await
}

/// The day on which it ends by itself, where one is given.
fn last_day(web: &Shared, act: &Act) -> Result<Option<Date>, Problem> {
    let until = match act.text("until")? {
        "" => return Ok(None),
        day => day
            .parse::<Date>()
            .map_err(|_| Problem::wrong(format!("`{day}` is not a day"), "write it as `2026-03-31`"))?,
    };
    if until < web.hub.now().date() {
        return Err(Problem::wrong("it would end in the past", "choose a later day, or none"));
    }
    Ok(Some(until))
}

pub async fn unblock(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let fact = Fact::DunningUnblocked { reason: act.needed("reason")?.to_owned() };
    record(&web, &id, &act, fact, "unblocked").await
}

pub async fn protect(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let (until, since) = (last_day(&web, &act)?, web.hub.now().date());
    let protection = Protection { kind: kind(&act)?, since, until, text: act.needed("note")?.to_owned() };
    record(&web, &id, &act, Fact::ProtectionBegan { protection }, "protected").await
}

pub async fn unprotect(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let kind = kind(&act)?;
    if !account(&web, &id).await?.protections.iter().any(|known| known.kind == kind) {
        return Err(changed("this is not on record").into());
    }
    let reason = act.needed("reason")?.to_owned();
    record(&web, &id, &act, Fact::ProtectionEnded { kind, reason }, "unprotected").await
}

fn kind(act: &Act) -> Result<ProtectionKind, Problem> {
    let word = act.needed("kind")?;
    ProtectionKind::named(word).ok_or_else(|| {
        let hint = "allowed: attorney, insolvency, deceased, moratorium";
        Problem::wrong(format!("`{word}` is no protection"), hint)
    })
}

pub async fn lift_stop(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let medium = act.needed("medium")?.to_owned();
    if !account(&web, &id).await?.stopped.contains(&medium) {
        return Err(changed("there is no such request").into());
    }
    let reason = act.needed("reason")?.to_owned();
    record(&web, &id, &act, Fact::StopLifted { medium, reason }, "stop-lifted").await
}

pub async fn resolve(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let (dispute, outcome) = (act.needed("dispute")?, act.needed("outcome")?);
    if !["upheld", "rejected", "partial", "withdrawn"].contains(&outcome) {
        let hint = "allowed: upheld, rejected, partial, withdrawn";
        return Err(Problem::wrong(format!("a dispute cannot end as `{outcome}`"), hint).into());
    }
    let account = account(&web, &id).await?;
    if !account.open_disputes().any(|open| open.id.as_str() == dispute) {
        return Err(changed("this dispute is not open").into());
    }
    let (outcome, text) = (outcome.to_owned(), act.text("note")?.to_owned());
    record(&web, &id, &act, Fact::DisputeResolved { dispute: DisputeId::new(dispute), outcome, text }, "resolved").await
}

pub async fn settle(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let key = EffectKey::new(act.needed("key")?);
    let happened = match act.needed("happened")? {
        "yes" => true,
        "no" => false,
        other => return Err(Problem::wrong(format!("`happened` cannot be `{other}`"), "allowed: yes, no").into()),
    };
    let effect = web.hub.store().effect(&key).await?;
    let ours =
        effect.is_some_and(|effect| effect.account.as_str() == id && effect.status == store::EffectStatus::Unknown);
    if !ours {
        return Err(changed("the outcome of this effect is not unknown").into());
    }
    let text = act.needed("note")?.to_owned();
    record(&web, &id, &act, Fact::EffectSettled { key, happened, text }, "settled").await
}

pub async fn assign(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let payment = PaymentId::new(act.needed("payment")?);
    let invoice = InvoiceNumber::new(act.needed("invoice")?);
    let amount = assignable(&account(&web, &id).await?, &payment, &invoice, act.text("amount")?)?;
    let allocations = vec![Allocation { to: Target::Invoice(invoice), amount, by: Evidence::Person }];
    record(&web, &id, &act, Fact::CashAssigned { payment, allocations }, "assigned").await
}

pub async fn approve(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let key = EffectKey::new(act.needed("key")?);
    let account = account(&web, &id).await?;
    let planned = account.effects.get(&key).map(|planned| &planned.effect);
    let policy = web.hub.policy_of(&account);
    if !planned.is_some_and(|effect| needs_approval(&account, effect, &policy)) {
        return Err(changed("this effect does not wait for approval").into());
    }
    let who = act.who()?;
    if account.approvers(&key).iter().any(|one| approval::is_same_person(&one.by, who)) {
        return Err(changed("you approved it already: a second, different person has to").into());
    }
    let missing = planned.map_or(0, |effect| approval::missing(&account, effect, &policy));
    let said = if missing > 1 { "approved-first" } else { "approved" };
    record(&web, &id, &act, Fact::EffectApproved { key }, said).await
}

pub async fn move_payment(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let (payment, to) = (PaymentId::new(act.needed("payment")?), AccountId::new(act.needed("to")?));
    let who = act.who()?;
    web.hub.move_payment(&AccountId::new(&id), &payment, &to, who).await.map_err(Problem::from)?;
    Ok(remembered(act.back(&id, "moved"), who))
}

pub async fn repair(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let seq = act.text("seq")?.parse().ok();
    let repair = lanes::read(act.needed("act")?, seq, act.fields.get("fact").cloned())?;
    let (who, reason) = (act.who()?, act.needed("reason")?);
    web.hub.repair(&AccountId::new(&id), who, reason, repair).await.map_err(Problem::from)?;
    Ok(remembered(act.back(&id, "repaired"), who))
}

/// An invoice that is missing at its source is settled there: nothing is owed on it.
pub async fn close(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let number = InvoiceNumber::new(act.needed("invoice")?);
    let account = account(&web, &id).await?;
    let item = account.items.get(&number).filter(|item| item.is_open() && item.missing_since.is_some());
    let open =
        item.map(|item| Money::zero(item.open.currency)).ok_or_else(|| changed("this invoice is not missing"))?;
    record(&web, &id, &act, Fact::InvoiceRestated { number, open }, "closed").await
}

pub async fn backfill(State(web): State<Shared>, Path(name): Path<String>, act: Act) -> Done {
    let (begins, said) = match act.needed("act")? {
        "begin" => (true, "backfill-begun"),
        "end" => (false, "backfill-ended"),
        other => return Err(Problem::wrong(format!("`act` cannot be `{other}`"), "allowed: begin, end").into()),
    };
    let who = act.who()?;
    web.hub.set_backfill(&name, begins, who).await.map_err(Problem::from)?;
    Ok(remembered(see("/plugins", said), who))
}

pub async fn reconcile(State(web): State<Shared>, act: Act) -> Done {
    let (connection, who) = (act.needed("connection")?, act.who()?);
    if !web.hub.plugins().iter().any(|plugin| plugin.reconciles.as_deref() == Some(connection)) {
        return Err(changed("this source cannot list everything").into());
    }
    web.hub.reconcile_soon(connection, who).await.map_err(Problem::from)?;
    Ok(remembered(see("/totals", "reconciling"), who))
}

/// A connection is paused or resumed, by the form's `act`.
pub async fn turn(State(web): State<Shared>, Path(name): Path<String>, act: Act) -> Done {
    let word = act.needed("act")?;
    let who = if word == "pause" { act.who()? } else { "" };
    let turn = connections::read(word, who, act.text("reason")?)?;
    let said = if turn == Turn::Resume { "resumed" } else { "paused" };
    web.hub.turn(&name, turn).await.map_err(Problem::from)?;
    Ok(see(if act.text("from")? == "needs" { "/needs" } else { "/plugins" }, said))
}

pub(super) async fn account(web: &Shared, id: &str) -> Result<Account, Problem> {
    let found = web.hub.store().account(&AccountId::new(id)).await?;
    found.map(|(account, _)| account).ok_or_else(|| Problem::no_account(id))
}

async fn record(web: &Shared, id: &str, act: &Act, fact: Fact, said: &str) -> Done {
    record_all(web, id, act, vec![fact], said).await
}

pub(super) async fn record_all(web: &Shared, id: &str, act: &Act, facts: Vec<Fact>, said: &str) -> Done {
    let who = act.who()?;
    account(web, id).await?;
    web.hub.record(&AccountId::new(id), who, facts).await.map_err(Problem::from)?;
    Ok(remembered(act.back(id, said), who))
}

/// The next form knows the name.
fn remembered(mut response: Response, who: &str) -> Response {
    if let Ok(cookie) = guard::remember(who).parse() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// How much of a payment may go to an invoice: what was asked for, if both sides have it; else as much as fits.
fn assignable(account: &Account, payment: &PaymentId, invoice: &InvoiceNumber, asked: &str) -> Result<Money, Problem> {
    let rest = account.payments.get(payment).map(|posted| posted.unapplied).filter(Money::is_positive);
    let rest = rest.ok_or_else(|| changed("this payment has nothing left to assign"))?;
    let open = account.items.get(invoice).map(|item| item.open).filter(Money::is_positive);
    let open = open.ok_or_else(|| changed("this invoice is not open"))?;
    if open.currency != rest.currency {
        return Err(Problem::wrong(
            format!("{rest} cannot pay an invoice in {}", open.currency),
            "choose another invoice",
        ));
    }
    let fits = Money::new(rest.minor.min(open.minor), rest.currency);
    if asked.is_empty() {
        return Ok(fits);
    }
    let amount = Money::parse(&asked.replace(' ', "").replace(',', "."), rest.currency)
        .map_err(|error| Problem::wrong(error.to_string(), "write it as `1200.00`"))?;
    if !amount.is_positive() || amount.minor > fits.minor {
        return Err(Problem::wrong(format!("{amount} cannot be assigned"), format!("more than 0, at most {fits}")));
    }
    Ok(amount)
}

fn changed(detail: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, detail, "somebody may have been faster; reload the page")
}

fn see(page: &str, said: &str) -> Response {
    let to = link::query(page, &[("said", said.to_owned())]);
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}
