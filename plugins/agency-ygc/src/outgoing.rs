//! From effects to the records that carry them, each file with a sheet of its sums.

use crate::Config;
use crate::codes::NOTE;
use crate::layout::{account, debtor, direct, note, start};
use crate::memory::{self, File};
use crate::wire::{Draft, Misfit};
use dunlin_plugin_sdk::agency::{DirectPayment, Effect, Placement, Recall};
use dunlin_plugin_sdk::files::name_of_key;
use dunlin_plugin_sdk::{Batch, Date, Money, Outcome, Request, Result};
use std::collections::BTreeMap;

/// A file for the agency. The name is without its ending.
#[derive(Debug)]
pub struct Parcel {
    pub name: String,
    pub content: Vec<u8>,
    pub totals: String,
}

/// The lines of one file, with the number of records of each code and what they come to.
#[derive(Default)]
struct Sheet {
    content: Vec<u8>,
    totals: BTreeMap<&'static str, (usize, i64)>,
}

/// The records of one effect, which go out together or not at all.
type Records = Vec<(&'static str, Option<i64>, Draft)>;

/// Why an effect is not carried: it does not fit, or the memory did not answer.
enum Stop {
    Rejected(&'static str, String),
    Error(dunlin_plugin_sdk::Error),
}

impl From<Misfit> for Stop {
    fn from(misfit: Misfit) -> Stop {
        Stop::Rejected("does-not-fit", misfit.0)
    }
}

impl From<dunlin_plugin_sdk::Error> for Stop {
    fn from(error: dunlin_plugin_sdk::Error) -> Stop {
        Stop::Error(error)
    }
}

type Written<T> = std::result::Result<T, Stop>;

/// The files of a batch, named after it, and one outcome for each request.
pub fn parcels(config: &Config, batch: &Batch, requests: &[Request<Effect>]) -> Result<(Vec<Parcel>, Vec<Outcome>)> {
    let writer = Writer { config, batch };
    let mut sheets: BTreeMap<&str, Sheet> = BTreeMap::new();
    let mut outcomes = Vec::with_capacity(requests.len());
    for Request { key, effect } in requests {
        let (kind, written) = match effect {
            Effect::Place(placement) => ("placements", writer.placement(key, placement)),
            Effect::Recall(recall) => ("recalls", writer.recall(recall)),
            Effect::ReportDirectPayment(direct) => ("direct-payments", writer.direct_payment(direct)),
            Effect::Other(other) => {
                outcomes.push(Outcome::not_supported(format!("there is no record for `{}`", other.kind)));
                continue;
            }
        };
        match written {
            Ok(records) => {
                sheets.entry(kind).or_default().add(records);
                outcomes.push(Outcome::done(format!("{}.ygc for {}", writer.name(kind), config.agency_name)));
            }
            Err(Stop::Rejected(code, reason)) => outcomes.push(Outcome::rejected(code, reason)),
            Err(Stop::Error(error)) => return Err(error),
        }
    }
    let parcel = |(kind, sheet): (&str, Sheet)| Parcel {
        name: writer.name(kind),
        totals: sheet.totals(&config.currency),
        content: sheet.content,
    };
    Ok((sheets.into_iter().map(parcel).collect(), outcomes))
}

impl Sheet {
    fn add(&mut self, records: Records) {
        for (code, amount, draft) in records {
            let total = self.totals.entry(code).or_default();
            total.0 += 1;
            total.1 = total.1.saturating_add(amount.unwrap_or(0));
            self.content.extend(draft.line());
        }
    }

    fn totals(&self, currency: &str) -> String {
        let mut text = "record,count,amount,currency\n".to_owned();
        for (code, (count, minor)) in &self.totals {
            text += &format!("{code},{count},{},{currency}\n", Money::new(*minor, currency).plain());
        }
        text
    }
}

struct Writer<'a> {
    config: &'a Config,
    batch: &'a Batch,
}

impl Writer<'_> {
    fn name(&self, kind: &str) -> String {
        format!("{kind}-{}", name_of_key(&self.batch.id))
    }

    /// A record with its beginning. What a creditor writes has its own identity first.
    fn draft(&self, code: &str, number: &str, account: &str, agency_reference: &str) -> Written<Draft> {
        let mut draft = Draft::new();
        for (field, value) in [
            (start::RECORD_CODE, code),
            (start::FILENO, number),
            (start::FORW_FILE, account),
            (start::MASCO_FILE, agency_reference),
            (start::WRITER_ID, &self.config.sender_id),
            (start::READER_ID, &self.config.firm_id),
        ] {
            draft.put(field, value)?;
        }
        Ok(draft)
    }

    fn placement(&self, key: &str, placement: &Placement) -> Written<Records> {
        if let Some(reason) = self.doubt(placement) {
            return Err(Stop::Rejected("control-total", reason));
        }
        let number = memory::file_number(key);
        let mut file = File::of(key, placement);
        if file.is_too_large() {
            let reason = format!("{} invoices in one placement are too many to be remembered", placement.items.len());
            return Err(Stop::Rejected("too-many-invoices", reason));
        }
        if let Some(known) = memory::load(&number)? {
            if known.placement != key {
                return Err(Stop::Rejected("number-taken", format!("`{number}` is `{}` already", known.placement)));
            }
            // The same once more: what the agency said meanwhile stays.
            file = known;
        }
        let mut records = vec![(account::CODE, Some(placement.total.minor), self.account(&number, placement)?)];
        records.push((debtor::CODE, None, self.debtor(&number, placement)?));
        for text in notes(placement) {
            records.push((note::CODE, None, self.note(&number, &placement.account, "", NOTE, &text)?));
        }
        memory::store(&number, &file)?;
        Ok(records)
    }

    fn account(&self, number: &str, placement: &Placement) -> Written<Draft> {
        let mut draft = self.draft(account::CODE, number, &placement.account, "")?;
        draft.put_day(account::DATE_FORW, self.batch.today)?;
        draft.put(account::COMM, &percent(&placement.commission).unwrap_or_default())?;
        draft.put_amount(account::ORIG_CLAIM, &placement.total)?;
        let name = &self.batch.creditor.name;
        let (first, rest) = match name.char_indices().nth(account::CRED_NAME.width()) {
            Some((at, _)) => name.split_at(at),
            None => (name.as_str(), ""),
        };
        draft.put(account::CRED_NAME, first)?;
        draft.put(account::CRED_NAME2, rest)?;
        draft.put_amount(account::DEBT_BAL, &placement.total)?;
        if let Some(day) = placement.last_payment_on {
            draft.put_day(account::DATE_LPAY, day)?;
        }
        Ok(draft)
    }

    fn debtor(&self, number: &str, placement: &Placement) -> Written<Draft> {
        let party = &placement.debtor;
        let mut draft = self.draft(debtor::CODE, number, &placement.account, "")?;
        draft.put(debtor::D1_NAME, &party.name)?;
        let (streets, town) = match party.address.as_slice() {
            [] => (&[][..], ""),
            [streets @ .., town] => (streets, town.as_str()),
        };
        let (town, zip) = split_zip(&party.country, town);
        draft.put(debtor::D1_CS, town)?;
        draft.put(debtor::D1_ZIP, &zip)?;
        // A number that is too long for its field stands in a note.
        if let Some(phone) = party.phone.as_deref().filter(|phone| phone.chars().count() <= debtor::D1_PHONE.width()) {
            draft.put(debtor::D1_PHONE, phone)?;
        }
        draft.put(debtor::D1_CNTRY, &party.country)?;
        let fields = [debtor::D1_STREET_LONG, debtor::D1_STREET2_LONG];
        if streets.len() > fields.len() {
            let reason = format!("an address of {} lines; three fit", party.address.len());
            return Err(Stop::Rejected("does-not-fit", reason));
        }
        for (field, street) in fields.into_iter().zip(streets) {
            draft.put(field, street)?;
        }
        Ok(draft)
    }

    fn note(&self, number: &str, account: &str, reference: &str, code: &str, text: &str) -> Written<Draft> {
        let mut draft = self.draft(note::CODE, number, account, reference)?;
        draft.put_day(note::PDATE, self.batch.today)?;
        draft.put(note::PCODE, code)?;
        draft.put(note::PCMT, text)?;
        Ok(draft)
    }

    fn recall(&self, recall: &Recall) -> Written<Records> {
        let (number, file) = known(&recall.placement)?;
        let (account, reference) = (&recall.account, &file.agency_reference);
        let draft = self.note(&number, account, reference, &self.config.recall_code, &recall.reason)?;
        Ok(vec![(note::CODE, None, draft)])
    }

    fn direct_payment(&self, paid: &DirectPayment) -> Written<Records> {
        let (number, file) = known(&paid.placement)?;
        if paid.amount.currency != self.config.currency || !paid.amount.is_positive() {
            let reason =
                format!("{} cannot be told: amounts are positive and in {}", paid.amount, self.config.currency);
            return Err(Stop::Rejected("currency", reason));
        }
        let mut draft = self.draft(direct::CODE, &number, &paid.account, &file.agency_reference)?;
        draft.put_day(direct::DP_DATE, paid.received_on)?;
        draft.put(direct::DP_CMT, "Payment")?;
        draft.put_amount(direct::DP_CASH, &paid.amount)?;
        Ok(vec![(direct::CODE, Some(paid.amount.minor), draft)])
    }

    /// A placement goes out only in the one currency, and only if its items come to its total.
    fn doubt(&self, placement: &Placement) -> Option<String> {
        let total = &placement.total;
        if total.currency != self.config.currency || !total.is_positive() {
            return Some(format!("{total} cannot be placed: amounts are positive and in {}", self.config.currency));
        }
        let mut sum = Money::new(0, total.currency.as_str());
        for item in &placement.items {
            match sum.checked_add(&item.open) {
                Some(more) => sum = more,
                None => return Some(format!("invoice `{}` of {} cannot be added to {sum}", item.invoice, item.open)),
            }
        }
        (sum != *total).then(|| format!("the items come to {sum} and the placement states {total}"))
    }
}

/// The number and the memory of a placement that went out before.
fn known(placement: &str) -> Written<(String, File)> {
    let number = memory::file_number(placement);
    match memory::load(&number)? {
        Some(file) if file.placement == placement => Ok((number, file)),
        _ => Err(Stop::Rejected("unknown-placement", format!("`{placement}` was not placed from here"))),
    }
}

/// What has no field of its own: invoices, commission, how to reach the debtor, what was tried.
fn notes(placement: &Placement) -> Vec<String> {
    let day = |day: Date| day.to_string();
    let mut notes: Vec<String> = Vec::new();
    for item in &placement.items {
        notes.push(format!(
            "invoice {} issued {} due {} original {} open {}",
            item.invoice,
            day(item.issued_on),
            day(item.due_on),
            item.original,
            item.open
        ));
    }
    if !placement.commission.is_empty() {
        notes.push(format!("commission {} of what is collected", placement.commission));
    }
    notes.push(format!("placement number {}", placement.sequence));
    let party = &placement.debtor;
    for (name, value) in [("e-mail", &party.email), ("phone", &party.phone), ("VAT id", &party.vat_id)] {
        notes.extend(value.as_ref().map(|value| format!("{name} {value}")));
    }
    notes.extend(placement.history.iter().cloned());
    notes
}

/// A fraction as a percentage of at most four signs, if it is exactly one: `1/4` is `25`, and `1/3` is none.
fn percent(commission: &str) -> Option<String> {
    let (part, whole) = commission.split_once('/')?;
    let (part, whole): (u64, u64) = (part.trim().parse().ok()?, whole.trim().parse().ok()?);
    let tenths = part.checked_mul(1_000)?;
    if whole == 0 || tenths % whole != 0 || tenths / whole > 1_000 {
        return None;
    }
    let tenths = tenths / whole;
    match tenths % 10 {
        0 => Some((tenths / 10).to_string()),
        rest => Some(format!("{}.{rest}", tenths / 10)),
    }
}

/// An American line `Linden NJ 07036` in its two parts, the hyphen of a long code left out; other lines stay whole.
fn split_zip<'t>(country: &str, town: &'t str) -> (&'t str, String) {
    let is_zip = |zip: &str| {
        let digits = zip.bytes().filter(u8::is_ascii_digit).count();
        digits == zip.len() && zip.len() == 5 || zip.len() == 10 && digits == 9 && zip.as_bytes().get(5) == Some(&b'-')
    };
    match town.trim_end().rsplit_once(' ') {
        Some((place, zip)) if country == "US" && is_zip(zip) => (place.trim_end(), zip.replace('-', "")),
        _ => (town, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commission_is_a_percentage_or_none() {
        let cases =
            [("1/4", Some("25")), ("1/3", None), ("1/8", Some("12.5")), ("25/100", Some("25")), ("1/1", Some("100"))];
        for (commission, expected) in cases {
            assert_eq!(percent(commission).as_deref(), expected, "{commission}");
        }
        for wrong in ["", "25", "1/0", "3/2", "a/b", "99999999999999999999/1"] {
            assert_eq!(percent(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_zip_code_stands_by_itself() {
        assert_eq!(split_zip("US", "Linden NJ 07036"), ("Linden NJ", "07036".to_owned()));
        assert_eq!(split_zip("US", "Linden, NJ 07036-1234"), ("Linden, NJ", "070361234".to_owned()));
        assert_eq!(split_zip("US", "Linden NJ"), ("Linden NJ", String::new()));
        assert_eq!(split_zip("DE", "Hamburg 20457"), ("Hamburg 20457", String::new()));
    }
}
