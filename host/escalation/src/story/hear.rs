//! What the world reports becomes facts of the accounts, as the edge of the hub would make them.

use jiff::civil::Date;

use super::agreed;
use super::deed::Deed;
use super::says::{DecidesLevel, Paid, Says};
use super::upfront;
use super::work;
use super::world::{Happened, World};
use crate::account::Account;
use crate::allowance::{AllowanceKind, allowed};
use crate::cash::{Allocation, Candidate, Evidence, Identified, Payment, Target, identify};
use crate::charge::standing;
use crate::decide::Reason;
use crate::dispute::Dispute;
use crate::effect::Action;
use crate::event::Fact;
use crate::id::{EffectKey, InvoiceNumber, PaymentId};
use crate::invoice::{CreditMemo, Invoice, OpenItem};
use crate::mandate::Mandate;
use crate::money::Money;
use crate::party::Party;
use crate::placement::{Collection, commission_of};
use crate::promise::{Promise, PromiseState};
use crate::protection::Protection;
use crate::report::{CallResult, Tracking};

/// Folds a report; answers whose accounts have to be decided.
pub(super) fn hear(world: &mut World<'_>, says: &Says) -> Result<Vec<String>, String> {
    let today = world.now.date();
    let (name, fact) = match says {
        Says::DayTurns => return Ok(Vec::new()),
        Says::StatementsUntil(until) => {
            world.statements_until = *until;
            return Ok(world.lanes.keys().cloned().collect());
        }
        Says::Backfill(begins) => {
            world.backfill = *begins;
            return Ok(world.lanes.keys().cloned().collect());
        }
        Says::Debtor { name, traits } => {
            world.know(name, traits);
            return Ok(vec![name.clone()]);
        }
        Says::Invoice { number, amount, to, due_on, issued_on, quoting, discounts, products } => {
            let (discounts, products) = (discounts.clone(), products.clone());
            let invoice = Invoice { discounts, products, ..invoice(number, *amount, *due_on, *issued_on, quoting) };
            world.lane(to);
            (to.clone(), Fact::InvoiceIssued { invoice })
        }
        Says::Restated { number, open } => {
            (world.owner(number)?, Fact::InvoiceRestated { number: number.clone(), open: *open })
        }
        Says::Listed { number, missing } => {
            let (name, number) = (world.owner(number)?, number.clone());
            (name, if *missing { Fact::InvoiceMissing { number } } else { Fact::InvoiceFound { number } })
        }
        Says::Memo { number, amount, to, invoices } => {
            let (number, reason) = (number.clone(), String::new());
            let memo = CreditMemo { number, issued_on: today, amount: *amount, invoices: invoices.clone(), reason };
            (known(world, to)?, Fact::CreditMemoIssued { memo })
        }
        Says::Paid(paid) => return received(world, paid),
        Says::Announced(paid) => {
            let name = paid.name.clone().ok_or("somebody cannot announce a payment")?;
            let payment = payment(world, paid);
            (known(world, &name)?, Fact::PaymentAnnounced { payment })
        }
        Says::Reversed { amount, by } => reversed(world, *amount, by)?,
        Says::Promises { name, amount, due_on, invoices } => {
            let promise = Promise {
                id: world.fresh("promise").as_str().into(),
                amount: *amount,
                made_on: today,
                due_on: *due_on,
                invoices: invoices.clone(),
                text: String::new(),
                state: PromiseState::Running,
                received: Money::zero(amount.currency),
            };
            (known(world, name)?, Fact::PromiseMade { promise })
        }
        Says::Disputes { name, invoice, amount, reason } => disputed(world, name, invoice, *amount, reason)?,
        Says::Stops { name, medium } => {
            (known(world, name)?, Fact::StopRequested { medium: medium.clone(), text: String::new() })
        }
        Says::CallEnded { name, disposition } => call_ended(world, name, disposition)?,
        Says::Tracked { name, medium, status } => tracked(world, name, medium, *status)?,
        Says::Acknowledged { .. }
        | Says::Collected { .. }
        | Says::CollectionReversed { .. }
        | Says::Returned { .. } => agency(world, says)?,
        Says::Blocks { name, until, reason } => {
            (known(world, name)?, Fact::DunningBlocked { reason: reason.clone(), until: *until })
        }
        Says::Protects { name, kind, until, text } => {
            let protection = Protection { kind: *kind, since: today, until: *until, text: text.clone() };
            (known(world, name)?, Fact::ProtectionBegan { protection })
        }
        Says::Unprotects { name, kind, reason } => {
            (known(world, name)?, Fact::ProtectionEnded { kind: *kind, reason: reason.clone() })
        }
        Says::Mandates { name, firm } => (known(world, name)?, mandate(firm.as_deref(), today)),
        Says::LiftsStop { name, medium, reason } => {
            (known(world, name)?, Fact::StopLifted { medium: medium.clone(), reason: reason.clone() })
        }
        Says::Unblocks { name, reason } => (known(world, name)?, Fact::DunningUnblocked { reason: reason.clone() }),
        Says::Resolves { invoice, outcome } => resolved(world, invoice, outcome)?,
        Says::Knows { name, head, happened } => settled(world, name, head, *happened)?,
        Says::Agrees(agrees) => return agreed::hear(world, agrees),
        Says::Works(works) => return work::hear(world, works),
        Says::Assigns { name, amount, to } => assigned(world, name, *amount, to)?,
        Says::Upfront(tells) => (tells.name.clone(), upfront::fact(world, tells)),
        Says::Approves { .. } | Says::DecidesLevel(_) | Says::Publishes { .. } => return at_desk(world, says),
    };
    world.happens(&name, "story", fact);
    Ok(vec![name])
}

type Told = Result<(String, Fact), String>;

fn known(world: &World<'_>, name: &str) -> Result<String, String> {
    if world.lanes.contains_key(name) { Ok(name.to_owned()) } else { Err(format!("nobody is called `{name}` yet")) }
}

fn account<'a>(world: &'a World<'_>, name: &str) -> Result<&'a Account, String> {
    world.lanes.get(name).map(|lane| &lane.account).ok_or_else(|| format!("nobody is called `{name}` yet"))
}

fn mandate(firm: Option<&str>, given_on: Date) -> Fact {
    let Some(name) = firm.map(str::to_owned) else { return Fact::MandateEnded { reason: "over".to_owned() } };
    let firm = Party { id: name.clone(), name, ..Party::default() };
    Fact::MandateGiven { mandate: Mandate { firm, file: "1".to_owned(), given_on } }
}

fn invoice(number: &InvoiceNumber, amount: Money, due_on: Date, issued_on: Date, quoting: &[String]) -> Invoice {
    Invoice {
        number: number.clone(),
        issued_on,
        due_on,
        total: amount,
        payable: amount,
        terms: String::new(),
        payment_references: quoting.to_vec(),
        discounts: Vec::new(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    }
}

fn payment(world: &mut World<'_>, paid: &Paid) -> Payment {
    let today = world.now.date();
    let id = PaymentId::new(world.fresh("payment"));
    // A payment that was announced comes under the bank reference of its announcement.
    let announced = paid.name.as_ref().and_then(|name| world.lanes.get(name)).and_then(|lane| {
        let same = lane.account.pending.values().find(|pending| pending.amount == paid.amount);
        same.and_then(|pending| pending.bank_reference.clone())
    });
    Payment {
        bank_reference: announced.or_else(|| Some(format!("bank-{id}"))),
        id,
        amount: paid.amount,
        account: "creditor".to_owned(),
        booked_on: today,
        value_on: today,
        payer_name: paid.name.clone(),
        payer_account: paid.from.clone(),
        references: paid.references.clone(),
        end_to_end_id: None,
        text: paid.text.clone(),
        reason: None,
    }
}

/// A payment finds its account like every payment: by what it says.
fn received(world: &mut World<'_>, paid: &Paid) -> Result<Vec<String>, String> {
    let payment = payment(world, paid);
    let candidates: Vec<Candidate> = world.lanes.values().flat_map(|lane| candidates(&lane.account)).collect();
    match identify(&payment, &candidates) {
        Identified::Account { account, .. } => {
            let name = account.as_str().to_owned();
            world.happens(&name, "gateway", Fact::PaymentReceived { payment });
            Ok(vec![name])
        }
        Identified::Nobody(text) => {
            let reason = Reason { code: "unidentified".to_owned(), text, invoice: None, level: None, until: None };
            world.saw("", Happened::Because(reason));
            world.saw("", Happened::Fact(format!("payment of {} unidentified", paid.amount)));
            Ok(Vec::new())
        }
    }
}

/// What the store's index would know of an account.
fn candidates(account: &Account) -> Vec<Candidate> {
    let from = account.payments.values().filter(|posted| !posted.allocations.is_empty());
    let payer_accounts: Vec<String> = from.filter_map(|posted| posted.payment.payer_account.clone()).collect();
    let candidate = |references: Vec<String>, invoice: Option<InvoiceNumber>, open| Candidate {
        account: account.id.clone(),
        debtor_name: account.debtor.name.clone(),
        payer_accounts: payer_accounts.clone(),
        references,
        invoice,
        open,
    };
    let lost = |item: &OpenItem| allowed(&item.allowed, Some(AllowanceKind::WriteOff)) > 0;
    let costs = |item: &OpenItem| standing(account).iter().any(|one| one.charge.invoice == item.invoice.number);
    let items = account.items.values().filter(|item| item.is_open() || lost(item) || costs(item)).map(|item| {
        let references = item.invoice.payment_references.clone();
        candidate(references, Some(item.invoice.number.clone()), item.open)
    });
    let placements = account.placements.iter().map(|placement| {
        let references = placement.collections.iter().map(|one| one.remittance_reference.clone());
        let references = references.chain([placement.key.to_string()]).collect();
        candidate(references, None, Money::zero(placement.total.currency))
    });
    let waiting = account.upfront.waiting.values().map(|known| {
        let engagement = &known.engagement;
        candidate(vec![engagement.id.to_string()], None, Money::zero(engagement.amount.currency))
    });
    items.chain(placements).chain(waiting).collect()
}

fn reversed(world: &mut World<'_>, amount: Money, by: &str) -> Told {
    let account = account(world, by)?;
    let original = account.payments.values().filter(|posted| posted.payment.amount == amount);
    let original = original.filter(|posted| posted.reversed_on.is_none()).max_by_key(|posted| posted.payment.booked_on);
    let Some(original) = original else { return Err(format!("{by} paid no {amount} that could be reversed")) };
    let payment = original.payment.clone();
    let id = PaymentId::new(world.fresh("reversal"));
    let booked_on = world.now.date();
    Ok((by.to_owned(), Fact::PaymentReversed { payment: Payment { id, booked_on, ..payment } }))
}

fn disputed(world: &mut World<'_>, name: &str, invoice: &InvoiceNumber, amount: Option<Money>, reason: &str) -> Told {
    let open = account(world, name)?.items.get(invoice).map(|item| item.open);
    let amount = amount.or(open).ok_or_else(|| format!("{name} has no invoice `{invoice}`"))?;
    let dispute = Dispute {
        id: world.fresh("dispute").as_str().into(),
        invoice: invoice.clone(),
        amount,
        reason: reason.to_owned(),
        text: String::new(),
        opened_on: world.now.date(),
        resolution: None,
        owner: None,
    };
    Ok((name.to_owned(), Fact::DisputeOpened { dispute }))
}

fn call_ended(world: &World<'_>, name: &str, disposition: &str) -> Told {
    let calls = account(world, name)?.effects.values();
    let call = calls.into_iter().find(|known| matches!(known.effect.action, Action::QueueCall(_)));
    let result = CallResult {
        account: name.into(),
        call: call.map(|known| known.effect.key.clone()),
        disposition: disposition.to_owned(),
        at: world.now,
        duration_s: 60,
        agent: String::new(),
        text: String::new(),
    };
    Ok((name.to_owned(), Fact::CallEnded(result)))
}

fn tracked(world: &World<'_>, name: &str, medium: &str, status: Tracking) -> Told {
    let contacts = &account(world, name)?.contacts;
    let sent = contacts.iter().rev().find(|contact| contact.medium == medium);
    let message = sent.map(|contact| contact.key.clone()).ok_or_else(|| format!("no {medium} was sent to {name}"))?;
    Ok((name.to_owned(), Fact::MessageTracked { message, status, text: String::new() }))
}

fn agency(world: &mut World<'_>, says: &Says) -> Told {
    let placement_of = |world: &World<'_>, name: &str| {
        let placements = &account(world, name)?.placements;
        placements.last().cloned().ok_or_else(|| format!("{name} is not placed with the agency"))
    };
    match says {
        Says::Acknowledged { name, status, reference, reason } => {
            let placement = placement_of(world, name)?.key;
            let (status, agency_reference) = ((*status).to_owned(), reference.clone());
            let reason = reason.clone();
            Ok((name.clone(), Fact::PlacementAcknowledged { placement, status, agency_reference, reason }))
        }
        Says::Returned { name, reason } => {
            let placement = placement_of(world, name)?.key;
            Ok((name.clone(), Fact::PlacementReturned { placement, reason: reason.clone() }))
        }
        Says::Collected { name, gross, commission, transaction, remitting } => {
            let placement = placement_of(world, name)?;
            let share = commission.or_else(|| commission_of(*gross, &placement.commission));
            let commission = share.unwrap_or(Money::zero(gross.currency));
            let transaction = transaction.clone().unwrap_or_else(|| world.fresh("transaction"));
            let net = Money { minor: gross.minor.saturating_sub(commission.minor), ..*gross };
            let collection = Collection {
                transaction,
                reverses: None,
                gross: *gross,
                commission,
                net,
                remittance: "net".to_owned(),
                on: world.now.date(),
                remittance_reference: remitting.clone(),
            };
            Ok((name.clone(), Fact::AgencyCollected { placement: placement.key, collection }))
        }
        Says::CollectionReversed { name, transaction } => {
            let placement = placement_of(world, name)?;
            let original = placement.collections.iter().find(|one| &one.transaction == transaction);
            let original = original.ok_or_else(|| format!("the agency collected nothing as `{transaction}`"))?;
            let minus = |money: Money| Money { minor: money.minor.saturating_neg(), ..money };
            let collection = Collection {
                transaction: world.fresh("transaction"),
                reverses: Some(transaction.clone()),
                gross: minus(original.gross),
                commission: minus(original.commission),
                net: minus(original.net),
                on: world.now.date(),
                ..original.clone()
            };
            Ok((name.clone(), Fact::AgencyCollected { placement: placement.key, collection }))
        }
        _ => Err("this is not said by an agency".to_owned()),
    }
}

fn resolved(world: &World<'_>, invoice: &InvoiceNumber, outcome: &str) -> Told {
    let name = world.owner(invoice)?;
    let open = account(world, &name)?.open_disputes().find(|dispute| &dispute.invoice == invoice);
    let dispute = open.map(|dispute| dispute.id.clone()).ok_or_else(|| format!("{invoice} is not disputed"))?;
    Ok((name, Fact::DisputeResolved { dispute, outcome: outcome.to_owned(), text: String::new() }))
}

fn settled(world: &World<'_>, name: &str, head: &str, happened: bool) -> Told {
    let unknown = account(world, name)?.effects.values().find(|known| {
        known.state == crate::account::EffectState::Unknown && Deed::of(name, &known.effect).head == head
    });
    let key: Option<EffectKey> = unknown.map(|known| known.effect.key.clone());
    let key = key.ok_or_else(|| format!("`{head}` is not in doubt"))?;
    Ok((name.to_owned(), Fact::EffectSettled { key, happened, text: String::new() }))
}

/// What is not told of one account by its name.
fn at_desk(world: &mut World<'_>, says: &Says) -> Result<Vec<String>, String> {
    match says {
        Says::Approves { who, what } => approved(world, who, what),
        Says::DecidesLevel(decides) => level_decided(world, decides),
        Says::Publishes { policy, how } => world.publish(policy, *how),
        _ => Err("this is not done at the desk".to_owned()),
    }
}

/// A person's word about a level, `law-firm for ACME`.
fn level_decided(world: &mut World<'_>, decides: &DecidesLevel) -> Result<Vec<String>, String> {
    let DecidesLevel { who, name, level, declined } = decides;
    if !account(world, name)?.proposals.contains_key(level) {
        return Err(format!("`{level}` of {name} does not wait for an approval"));
    }
    let level = level.clone();
    let fact = match declined {
        None => Fact::LevelApproved { level },
        Some(because) => Fact::LevelDeclined { level, because: because.clone() },
    };
    world.happens(name, &format!("desk:{who}"), fact);
    Ok(vec![name.clone()])
}

/// A person's word about an effect that waits for people.
fn approved(world: &mut World<'_>, who: &str, what: &str) -> Result<Vec<String>, String> {
    let waits = world.lanes.iter().find_map(|(name, lane)| {
        let mut effects = lane.account.effects.values().map(|known| &known.effect);
        let effect = effects.find(|effect| !effect.approval.is_none() && Deed::of(name, effect).head == what)?;
        Some((name.clone(), effect.key.clone()))
    });
    let (name, key) = waits.ok_or_else(|| format!("`{what}` does not wait for an approval"))?;
    world.happens(&name, &format!("desk:{who}"), Fact::EffectApproved { key });
    Ok(vec![name])
}

fn assigned(world: &World<'_>, name: &str, amount: Money, to: &InvoiceNumber) -> Told {
    let payments = account(world, name)?.payments.values();
    let posted = payments
        .into_iter()
        .find(|posted| posted.unapplied.currency == amount.currency && posted.unapplied.minor >= amount.minor);
    let payment = posted.map(|posted| posted.payment.id.clone());
    let payment = payment.ok_or_else(|| format!("{name} has no {amount} unapplied"))?;
    let allocations = vec![Allocation { to: Target::Invoice(to.clone()), amount, by: Evidence::Person }];
    Ok((name.to_owned(), Fact::CashAssigned { payment, allocations }))
}
