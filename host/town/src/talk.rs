//! Talk: what a debtor says on the phone, if somebody picks up.

use jiff::civil::Date;

use crate::chance::Dice;
use crate::days;
use crate::memory::Complaint;
use crate::people::{Debtor, Quirk, Temper};
use crate::world::Scene;

/// How a call went.
#[derive(Default)]
pub(crate) struct Answer {
    pub disposition: &'static str,
    pub seconds: i64,
    pub note: &'static str,
    /// Amount and day.
    pub promise: Option<(i64, Date)>,
    /// What the debtor really means to do, promised or not: invoice, amount, day.
    pub will_pay: Vec<(String, i64, Date)>,
    /// The invoice that something is wrong with.
    pub complaint: Option<(String, Complaint)>,
    pub stop: bool,
}

const COMPLAINTS: [(&str, &str); 5] = [
    ("quality", "says that the goods were damaged"),
    ("price", "says that another price was agreed"),
    ("quantity", "says that part of the delivery is missing"),
    ("not-received", "says that the goods never arrived"),
    ("contract", "says that this was not ordered"),
];

pub(crate) fn answer(scene: &Scene<'_>, numbers: &[String], dice: &mut Dice) -> Answer {
    let Some((_, debtor)) = numbers.iter().find_map(|number| scene.world.find(number)) else {
        return plain("failed", 0, "no such number in the list");
    };
    if debtor.quirk == Some(Quirk::WrongNumber) {
        return plain("invalid_number", 4, "the number is not in service");
    }
    if let Some(silence) = silence(dice) {
        return silence;
    }
    let open = Open::of(scene, numbers);
    if open.sum == 0 {
        return plain("rpc_paid_claimed", dice.between(40, 90), "says that it has been paid");
    }
    if open.decided {
        return plain("rpc_callback", dice.between(40, 120), "says that payment is on its way");
    }
    if open.complained {
        return plain("rpc_callback", dice.between(60, 150), "waits for an answer to the complaint");
    }
    speak(scene, debtor, &open, dice)
}

/// Nobody, or nobody who may speak.
fn silence(dice: &mut Dice) -> Option<Answer> {
    let answer = match dice.between(1, 100) {
        1..=18 => plain("no_answer", 0, ""),
        19..=27 => plain("voicemail_left", 35, "asked to call back"),
        28..=33 => plain("voicemail_none", 20, ""),
        34..=38 => plain("busy", 0, ""),
        39..=41 => plain("third_party_no_disclosure", 45, "the person in charge is away"),
        _ => return None,
    };
    Some(answer)
}

fn plain(disposition: &'static str, seconds: i64, note: &'static str) -> Answer {
    Answer { disposition, seconds, note, ..Answer::default() }
}

/// What the call is about, as the debtor sees it.
struct Open {
    /// Invoice and amount.
    items: Vec<(String, i64)>,
    sum: i64,
    /// The debtor means to pay anyway.
    decided: bool,
    /// A complaint is not settled yet.
    complained: bool,
    /// Promises about these invoices that were broken.
    broken: usize,
}

impl Open {
    fn of(scene: &Scene<'_>, numbers: &[String]) -> Self {
        let known = || numbers.iter().filter_map(|number| scene.memory.items.get(number).map(|item| (number, item)));
        let items: Vec<(String, i64)> =
            known().filter(|(_, item)| item.open > 0).map(|(number, item)| (number.clone(), item.open)).collect();
        let about = |promised: &[String]| promised.iter().any(|number| numbers.contains(number));
        Self {
            sum: items.iter().map(|(_, open)| open).sum(),
            decided: known().any(|(_, item)| item.open > 0 && item.intent.is_some()),
            complained: known().any(|(_, item)| item.complaint.as_ref().is_some_and(|complaint| !complaint.settled)),
            broken: scene
                .memory
                .promises
                .iter()
                .filter(|promise| promise.kept == Some(false) && about(&promise.invoices))
                .count(),
            items,
        }
    }

    /// Pays all of it on that day.
    fn all_on(&self, on: Date) -> Vec<(String, i64, Date)> {
        self.items.iter().map(|(number, open)| (number.clone(), *open, on)).collect()
    }

    fn half_on(&self, on: Date) -> Vec<(String, i64, Date)> {
        self.items.iter().map(|(number, open)| (number.clone(), open - open / 2, on)).collect()
    }
}

fn speak(scene: &Scene<'_>, debtor: &Debtor, open: &Open, dice: &mut Dice) -> Answer {
    let today = scene.today;
    let in_days = |dice: &mut Dice, from: i64, to: i64| days::bank_day(days::plus(today, dice.between(from, to)));
    let seconds = dice.between(70, 420);
    match debtor.temper {
        Temper::Punctual | Temper::Forgetful => {
            let on = in_days(dice, 2, 4);
            promise(seconds, "it was overlooked", open.sum, on, open.all_on(days::plus(on, -1)))
        }
        Temper::CallerOnly if dice.percent(40) => Answer {
            will_pay: open.all_on(days::plus(today, dice.between(1, 2))),
            ..plain("rpc_callback", seconds, "will look into it at once")
        },
        Temper::CallerOnly => {
            let on = in_days(dice, 3, 7);
            promise(
                seconds,
                "will be in the next payment run",
                open.sum,
                on,
                open.all_on(days::plus(on, -dice.between(0, 1))),
            )
        }
        Temper::KeepsPromises => {
            let on = in_days(dice, 4, 11);
            promise(
                seconds,
                "waits for a payment of its own",
                open.sum,
                on,
                open.all_on(days::plus(on, -dice.between(0, 2))),
            )
        }
        Temper::BreaksPromises if open.broken < 2 => {
            promise(seconds, "promises to pay", open.sum, in_days(dice, 4, 9), Vec::new())
        }
        Temper::PaysInParts => {
            let on = in_days(dice, 3, 6);
            let half = open.half_on(days::plus(on, -1));
            let amount = half.iter().map(|(_, amount, _)| amount).sum();
            promise(seconds, "can pay half of it now", amount, on, half)
        }
        Temper::Disputes => complain(scene, open, dice, seconds),
        Temper::Insolvent => plain("rpc_hardship", seconds, "has no money and cannot say when"),
        Temper::WantsNoCalls => {
            Answer { stop: true, ..plain("cease_request", seconds, "wants to be written to, not called") }
        }
        Temper::BreaksPromises | Temper::Stubborn | Temper::PaysPastTheAgency => {
            plain("rpc_refused", seconds, "does not say when it will pay")
        }
    }
}

fn promise(seconds: i64, note: &'static str, amount: i64, on: Date, will_pay: Vec<(String, i64, Date)>) -> Answer {
    Answer { promise: Some((amount, on)), will_pay, ..plain("rpc_ptp", seconds, note) }
}

/// Something is wrong with the largest invoice; the others will be paid.
fn complain(scene: &Scene<'_>, open: &Open, dice: &mut Dice, seconds: i64) -> Answer {
    let settled = |number: &str| scene.memory.items.get(number).is_some_and(|item| item.complaint.is_some());
    let Some((number, left)) = open.items.iter().filter(|(number, _)| !settled(number)).max_by_key(|(_, open)| *open)
    else {
        return Answer {
            will_pay: open.all_on(days::plus(scene.today, 3)),
            ..plain("rpc_callback", seconds, "will pay now")
        };
    };
    let Some(invoice) = scene.world.invoice(number) else { return plain("rpc_callback", seconds, "") };
    let whole = *left == invoice.total() && dice.percent(25);
    let (reason, note) = COMPLAINTS[dice.index(COMPLAINTS.len())];
    let (net, tax) = if whole { (invoice.net, invoice.tax) } else { invoice.share([20, 25, 30, 40][dice.index(4)]) };
    if net == 0 || net + tax > *left {
        return plain("rpc_refused", seconds, "is not content with the delivery");
    }
    let on = days::plus(scene.today, dice.between(8, 16));
    let complaint =
        Complaint { reason: reason.to_owned(), net, tax, settles_on: on, granted: dice.percent(65), settled: false };
    let others = open.items.iter().filter(|(other, _)| other != number);
    let pay_on = days::plus(scene.today, dice.between(2, 5));
    Answer {
        will_pay: others.map(|(other, open)| (other.clone(), *open, pay_on)).collect(),
        complaint: Some((number.clone(), complaint)),
        ..plain("rpc_dispute", seconds, note)
    }
}
