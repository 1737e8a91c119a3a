//! Agency: takes placements, works them, collects, hands over, gives back.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::agency_file::{self, Record};
use crate::bank::{Kind, Transfer};
use crate::chance::Dice;
use crate::memory::{Complaint, Memory};
use crate::people::Temper;
use crate::world::Scene;
use crate::{TownError, checks, days, tally};

const OUTGOING: &str = "agency/outgoing";
/// Every so many placements one is refused, every so many collections one does not hold, every so many cases is disputed.
const REFUSED: (u64, u64) = (9, 4);
const NOT_HELD: (u64, u64) = (5, 2);
const DISPUTED: (u64, u64) = (7, 3);
const NAME: &str = "Westwind Inkasso GmbH";

/// A case of the agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Placed {
    pub key: String,
    pub account: String,
    pub currency: String,
    pub invoices: Vec<String>,
    /// The agency's share, numerator and denominator.
    pub share: (i64, i64),
    pub reference: String,
    pub state: State,
    pub collections: Vec<Collection>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    New,
    Active,
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Collection {
    pub transaction: String,
    pub gross: i64,
    pub commission: i64,
    pub net: i64,
    /// `gross` or `net`: what the agency hands over.
    pub mode: String,
    pub reference: String,
    /// What it paid, by invoice.
    pub portions: Vec<(String, i64)>,
}

/// Something that the agency is going to do about a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Act {
    pub on: Date,
    pub case: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum What {
    Accept,
    Refuse,
    /// So much of what is open, in percent.
    Collect(i64),
    /// A transaction did not hold.
    Reverse(String),
    Dispute,
    Close(String),
    ConfirmRecall,
}

pub(crate) fn work(scene: &mut Scene<'_>) -> Result<(), TownError> {
    for name in scene.unread(OUTGOING, "placements-", ".csv")? {
        let records = scene.exchange.records(OUTGOING, &name)?;
        let cases = agency_file::placements(&records)
            .map_err(|(line, why)| scene.exchange.unreadable(OUTGOING, &name, line, &why))?;
        cases.into_iter().for_each(|case| take(scene, case));
    }
    for name in scene.unread(OUTGOING, "direct-payments-", ".csv")? {
        let records = scene.exchange.records(OUTGOING, &name)?;
        records
            .iter()
            .filter(|record| record.get(0) == Some("D"))
            .for_each(|record| direct_payment(scene, record.get(1)));
    }
    for name in scene.unread(OUTGOING, "recalls-", ".csv")? {
        let records = scene.exchange.records(OUTGOING, &name)?;
        records.iter().filter(|record| record.get(0) == Some("R")).for_each(|record| recall(scene, record.get(1)));
    }
    if days::is_bank_day(scene.today) {
        act(scene);
    }
    Ok(())
}

/// A new case on the desk: it is answered today, and a plan is made.
fn take(scene: &mut Scene<'_>, mut case: Placed) {
    if scene.memory.placements.contains_key(&case.key) {
        return;
    }
    let count = scene.memory.number("placement");
    scene.memory.tally.placements += 1;
    case.reference = format!("WI-{count:05}");
    let today = days::bank_day(scene.today);
    let refused = count % REFUSED.0 == REFUSED.1;
    plan(&mut scene.memory, today, &case.key, if refused { What::Refuse } else { What::Accept });
    if !refused {
        for number in &case.invoices {
            if let Some(item) = scene.memory.items.get_mut(number) {
                item.placed = Some(case.key.clone());
            }
        }
        let disputed = count % DISPUTED.0 == DISPUTED.1;
        if disputed {
            plan(&mut scene.memory, days::bank_days_later(today, 3), &case.key, What::Dispute);
        }
        let temper = case.invoices.iter().find_map(|number| scene.world.find(number)).map(|(_, debtor)| debtor.temper);
        let mut dice = scene.world.chance.dice(&format!("case {}", case.key));
        strategy(&mut scene.memory, &case.key, temper, today, &mut dice);
    }
    scene.memory.placements.insert(case.key.clone(), case);
}

/// What will come of a case. It always ends.
fn strategy(memory: &mut Memory, case: &str, temper: Option<Temper>, today: Date, dice: &mut Dice) {
    let first = days::bank_days_later(today, dice.between(4, 9));
    let second = days::bank_days_later(first, dice.between(6, 10));
    let end = days::bank_days_later(second, dice.between(5, 8));
    match (temper, dice.between(1, 100)) {
        (Some(Temper::Insolvent), throw) => {
            let reason = if throw <= 50 { "insolvent" } else { "uncollectable" };
            plan(memory, second, case, What::Close(reason.to_owned()));
            return;
        }
        (Some(Temper::PaysPastTheAgency), _) => {}
        (_, 1..=55) => plan(memory, first, case, What::Collect(100)),
        (_, 56..=80) => {
            plan(memory, first, case, What::Collect(50));
            plan(memory, second, case, What::Collect(100));
        }
        _ => plan(memory, first, case, What::Collect(dice.between(30, 60))),
    }
    plan(memory, end, case, What::Close(String::from("uncollectable")));
}

fn plan(memory: &mut Memory, on: Date, case: &str, what: What) {
    memory.acts.push(Act { on, case: case.to_owned(), what });
}

/// The creditor was paid past the agency: when nothing is left, the case is closed.
fn direct_payment(scene: &mut Scene<'_>, case: Option<&str>) {
    scene.memory.tally.direct_payments_noticed += 1;
    let Some(case) = case.and_then(|key| scene.memory.placements.get(key)) else { return };
    if scene.open(&case.invoices) == 0 {
        let key = case.key.clone();
        plan(&mut scene.memory, days::bank_day(scene.today), &key, What::Close("collected".to_owned()));
    }
}

fn recall(scene: &mut Scene<'_>, case: Option<&str>) {
    scene.memory.tally.recalls += 1;
    let Some(key) = case.filter(|key| scene.memory.placements.contains_key(*key)) else { return };
    // What was collected may still turn out not to hold.
    scene.memory.acts.retain(|act| act.case != key || matches!(act.what, What::Accept | What::Reverse(_)));
    plan(&mut scene.memory, days::bank_day(scene.today), key, What::ConfirmRecall);
}

/// Everything that is due today, as one file.
fn act(scene: &mut Scene<'_>) {
    let today = scene.today;
    let (due, later): (Vec<Act>, Vec<Act>) =
        std::mem::take(&mut scene.memory.acts).into_iter().partition(|act| act.on <= today);
    scene.memory.acts = later;
    let mut records = Vec::new();
    for Act { case: key, what, .. } in due {
        let Some(mut case) = scene.memory.placements.get(&key).cloned() else { continue };
        records.extend(perform(scene, &mut case, what));
        scene.memory.placements.insert(key, case);
    }
    if !records.is_empty() {
        let text = agency_file::text(&format!("WI-{today}"), today, &records);
        scene.leave("agency/incoming", format!("westwind-{today}.csv"), text);
    }
}

fn perform(scene: &mut Scene<'_>, case: &mut Placed, what: What) -> Option<Record> {
    if case.state == State::Closed && !matches!(what, What::Reverse(_)) {
        return None;
    }
    match what {
        What::Accept => {
            case.state = State::Active;
            scene.memory.tally.placements_accepted += 1;
            Some(Record::answer(case, "accepted", ""))
        }
        What::Refuse => {
            case.state = State::Closed;
            scene.memory.tally.placements_rejected += 1;
            Some(Record::answer(case, "rejected", "the debtor is known under another address"))
        }
        What::ConfirmRecall => {
            close(scene, case);
            Some(Record::answer(case, "recalled", ""))
        }
        What::Collect(percent) => collect(scene, case, percent),
        What::Reverse(transaction) => reverse(scene, case, &transaction),
        What::Dispute => dispute(scene, case),
        What::Close(reason) => {
            let open = scene.open(&case.invoices);
            let reason = if open == 0 { "collected".to_owned() } else { reason };
            close(scene, case);
            scene.memory.tally.placements_returned += 1;
            Some(Record::closed(case, &reason, scene.today))
        }
    }
}

fn close(scene: &mut Scene<'_>, case: &mut Placed) {
    case.state = State::Closed;
    scene.memory.acts.retain(|act| act.case != case.key || matches!(act.what, What::Reverse(_)));
    for number in &case.invoices {
        if let Some(item) = scene.memory.items.get_mut(number) {
            item.placed = None;
        }
    }
}

fn collect(scene: &mut Scene<'_>, case: &mut Placed, percent: i64) -> Option<Record> {
    let today = scene.today;
    let gross = scene.open(&case.invoices) * percent / 100;
    if gross <= 0 {
        return None;
    }
    let count = scene.memory.number("collection");
    let commission = share_of(gross, case.share);
    // Debtors overseas pay into an account that the agency only forwards; its share is invoiced there.
    let mode = if case.currency == "USD" { "gross" } else { "net" };
    let net = if mode == "gross" { gross } else { gross - commission };
    let portions = spread(scene, &case.invoices, gross);
    let transaction = format!("T-{count:05}");
    let reference = format!("REM-{}-{count:03}", today.strftime("%Y%m%d"));
    let collection = Collection { transaction, gross, commission, net, mode: mode.to_owned(), reference, portions };
    tally::add(&mut scene.memory.tally.collected, &case.currency, gross);
    tally::add(&mut scene.memory.tally.commission, &case.currency, commission);
    scene.memory.transfers.push(remittance(case, &collection, days::bank_days_later(today, 5)));
    if count % NOT_HELD.0 == NOT_HELD.1 {
        plan(
            &mut scene.memory,
            days::bank_days_later(today, 3),
            &case.key,
            What::Reverse(collection.transaction.clone()),
        );
    } else if scene.open(&case.invoices) == 0 {
        plan(&mut scene.memory, days::bank_days_later(today, 1), &case.key, What::Close("collected".to_owned()));
    }
    let record = Record::collected(case, &collection, today);
    case.collections.push(collection);
    Some(record)
}

/// Half a minor unit is rounded up.
fn share_of(gross: i64, (numerator, denominator): (i64, i64)) -> i64 {
    (gross * numerator * 2 + denominator) / (denominator * 2)
}

/// Pays the oldest first.
fn spread(scene: &mut Scene<'_>, invoices: &[String], gross: i64) -> Vec<(String, i64)> {
    let mut left = gross;
    let mut portions = Vec::new();
    for number in invoices {
        let Some(item) = scene.memory.items.get_mut(number) else { continue };
        let amount = left.min(item.open);
        if amount > 0 {
            item.open -= amount;
            left -= amount;
            portions.push((number.clone(), amount));
        }
    }
    portions
}

fn remittance(case: &Placed, collection: &Collection, on: Date) -> Transfer {
    Transfer {
        on,
        currency: case.currency.clone(),
        amount: collection.net,
        kind: Kind::Remittance,
        payer: NAME.to_owned(),
        payer_account: checks::iban("DE", "200505500987654321"),
        reference: None,
        text: format!("{} {}", collection.reference, case.reference),
        end_to_end: collection.reference.clone(),
        portions: Vec::new(),
        bank_reference: None,
    }
}

/// The debtor's money did not hold. It was not handed over yet, and now it will not be; the debtor is asked once more.
fn reverse(scene: &mut Scene<'_>, case: &Placed, transaction: &str) -> Option<Record> {
    let collection = case.collections.iter().find(|collection| collection.transaction == transaction)?;
    let memory = &mut scene.memory;
    memory
        .transfers
        .retain(|transfer| transfer.kind != Kind::Remittance || transfer.end_to_end != collection.reference);
    for (number, amount) in &collection.portions {
        if let Some(item) = memory.items.get_mut(number) {
            item.open += amount;
        }
    }
    tally::add(&mut memory.tally.collected, &case.currency, -collection.gross);
    tally::add(&mut memory.tally.commission, &case.currency, -collection.commission);
    memory.tally.collection_reversals += 1;
    let number = memory.number("collection reversal");
    let again = days::bank_days_later(scene.today, 7);
    plan(memory, again, &case.key, What::Collect(100));
    Some(Record::reversed(case, collection, &format!("V-{number:05}"), scene.today))
}

/// The debtor tells the agency what it told nobody before; the creditor will answer with a credit note.
fn dispute(scene: &mut Scene<'_>, case: &Placed) -> Option<Record> {
    let settles_on = days::plus(scene.today, 9);
    let open = |number: &&String| {
        scene.memory.items.get(*number).is_some_and(|item| item.open > 0 && item.complaint.is_none())
    };
    let number = case.invoices.iter().find(open)?;
    let (net, tax) = scene.world.invoice(number)?.share(25);
    let item = scene.memory.items.get_mut(number)?;
    if net + tax > item.open {
        return None;
    }
    let reason = "quality".to_owned();
    item.complaint = Some(Complaint { reason, net, tax, settles_on, granted: true, settled: false });
    scene.memory.tally.agency_disputes += 1;
    Some(Record::disputed(case, number, net + tax))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_is_rounded_half_up() {
        assert_eq!(share_of(100_00, (1, 3)), 33_33);
        assert_eq!(share_of(200_00, (1, 3)), 66_67);
        assert_eq!(share_of(1, (1, 2)), 1);
        assert_eq!(share_of(3, (1, 6)), 1);
    }
}
