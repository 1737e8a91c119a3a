//! Twilio's statuses become dispositions, calls facts, and its problems those who have to act.

use dunlin_plugin_sdk::dialer::{CallResult, DISPOSITIONS, Fact};
use dunlin_plugin_sdk::{Error, Event, Note, Rejection, Source};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::memory::Asked;
use crate::wire::{Call, Problem};

/// Digits of a number with the code of its country (ITU E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Twilio's codes for a number that is none, or that nobody can reach.
const INVALID_NUMBERS: [u32; 3] = [21_211, 21_214, 21_217];
/// Twilio's codes for a caller, an address or an application that is wrong. Twilio advises not to rely on codes: any other one is told in
/// its words.
const MISCONFIGURED: [u32; 5] = [21_205, 21_210, 21_212, 21_213, 21_218];

/// One of the contract's codes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Disposition(pub String);

impl TryFrom<String> for Disposition {
    type Error = String;

    fn try_from(code: String) -> Result<Disposition, String> {
        match DISPOSITIONS.contains(&code.as_str()) {
            true => Ok(Disposition(code)),
            false => Err(format!("`{code}` is unknown; allowed: `{}`", DISPOSITIONS.join("`, `"))),
        }
    }
}

/// What an answered call means.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'c> {
    pub person: &'c Disposition,
    pub machine: &'c Disposition,
}

/// As Twilio takes it, or why it cannot be called.
pub fn number(phone: &str) -> Result<String, String> {
    let wrong = || format!("`{phone}` is not a number that twilio can call; write it like `+46 8 123 456`");
    let trimmed = phone.trim();
    let rest = trimmed.strip_prefix('+').or_else(|| trimmed.strip_prefix("00")).ok_or_else(wrong)?;
    // `+49 (0)40 …`: within the country a 0 is dialled first, from abroad it is not.
    let text = rest.replace("(0)", "");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_plain = text.chars().all(|sign| sign.is_ascii_digit() || " ()-./\u{a0}".contains(sign));
    match is_plain && DIGITS.contains(&digits.len()) {
        true => Ok(format!("+{digits}")),
        false => Err(wrong()),
    }
}

/// None: it has not ended yet. Err: what became of it is not known here.
pub fn disposition(call: &Call, answered: Answered<'_>) -> Result<Option<String>, String> {
    let by = call.answered_by.as_deref().unwrap_or_default();
    let code = match (call.status.as_str(), by) {
        ("queued" | "initiated" | "ringing" | "in-progress", _) => return Ok(None),
        ("busy", _) => "busy",
        ("no-answer", _) => "no_answer",
        ("failed", _) => "failed",
        ("canceled", _) => "canceled",
        ("completed", "" | "human" | "unknown") => &answered.person.0,
        ("completed", "fax") => "invalid_number",
        ("completed", machine) if machine.starts_with("machine") => &answered.machine.0,
        ("completed", other) => return Err(format!("it was answered by `{other}`, which is unknown")),
        (other, _) => return Err(format!("its status `{other}` is unknown")),
    };
    Ok(Some(code.to_owned()))
}

pub fn event(call: &Call, of: &Asked, disposition: String) -> Result<Event<Fact>, String> {
    let began = call.began()?;
    let mut notes = vec![Note::new("status", &call.status)];
    let by = call.answered_by.as_deref().filter(|by| !by.is_empty());
    notes.extend(by.map(|by| Note::new("answered-by", by)));
    let source = Source {
        key: call.sid.clone(),
        version: None,
        digest: Some(disposition.clone()),
        document: call.sid.clone(),
        place: String::new(),
        occurred_on: began.to_zoned(TimeZone::UTC).date(),
    };
    let result = CallResult {
        call: Some(of.key.clone()),
        account: of.account.clone(),
        disposition,
        at: began.as_millisecond(),
        duration_s: call.seconds()?,
        agent: String::new(),
        text: String::new(),
        notes,
    };
    Ok(Event { source, fact: Fact::CallEnded(result) })
}

/// What Twilio says to a request with the status 400.
pub fn problem(problem: &Problem) -> Result<Rejection, Error> {
    let code = problem.code.unwrap_or_default();
    let told = format!("twilio says `{}` ({code})", problem.message);
    if MISCONFIGURED.contains(&code) {
        return Err(Error::misconfigured(told).hint("look at `from`, `url`, `twiml` and `application_sid`"));
    }
    let word = if INVALID_NUMBERS.contains(&code) { "invalid-address" } else { "refused" };
    Ok(Rejection { code: word.to_owned(), reason: told })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_twilio_takes_it() {
        for (phone, taken) in [
            ("+46 8 123 456", "+468123456"),
            ("+49 (0)40-123 456", "+4940123456"),
            ("0030 210 1234567", "+302101234567"),
        ] {
            assert_eq!(number(phone).as_deref(), Ok(taken));
        }
        for phone in ["08 123 456", "", "+46", "+46 8 123 x", "client:anna", "+1234567890123456"] {
            assert!(number(phone).is_err(), "{phone}");
        }
    }

    #[test]
    fn a_problem_says_who_has_to_act() {
        let of = |code: u32| problem(&Problem { code: Some(code), message: "no".to_owned() });
        assert_eq!(of(21_211).unwrap().code, "invalid-address");
        assert_eq!(of(21_215).unwrap().code, "refused");
        assert!(of(21_210).unwrap_err().hint.unwrap().contains("`from`"));
    }
}
