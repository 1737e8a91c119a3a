//! Keys become ids, telephone numbers what is dialled, and results facts.

use std::collections::BTreeMap;

use dunlin_plugin_sdk::dialer::{Call, CallResult, DISPOSITIONS, Fact};
use dunlin_plugin_sdk::{Date, Event, Note, Outcome, Source};
use serde::Deserialize;

use crate::Config;
use crate::wire::Ended;

/// Ids of ours begin so.
pub const MARK: &str = "dunl";
/// Digits of a number with the code of its country (ITU E.164), and of the shortest that is dialled.
const DIGITS: std::ops::RangeInclusive<usize> = 4..=15;

/// One of the contract's codes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Disposition(String);

impl TryFrom<String> for Disposition {
    type Error = String;

    fn try_from(code: String) -> Result<Disposition, String> {
        match DISPOSITIONS.contains(&code.as_str()) {
            true => Ok(Disposition(code)),
            false => Err(format!("`{code}` is unknown; allowed: `{}`", DISPOSITIONS.join("`, `"))),
        }
    }
}

impl Default for Disposition {
    /// Somebody answered, and nobody told who it was.
    fn default() -> Disposition {
        Disposition("third_party_no_disclosure".to_owned())
    }
}

/// What a call is found by: as a channel's id and as the name of a file it takes few signs, so it cannot be the key itself.
pub fn token(key: &str) -> String {
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{MARK}{hash:016x}")
}

pub fn is_token(text: &str) -> bool {
    text.strip_prefix(MARK).is_some_and(|rest| rest.len() == 16 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The digits to dial, or why there are none.
pub fn number(config: &Config, call: &Call, today: Date) -> Result<String, Outcome> {
    if call.expires_on < today {
        return Err(Outcome::rejected("expired", format!("not to be called after {}", call.expires_on)));
    }
    let invalid = |reason: String| Outcome::rejected("invalid-address", reason);
    let phone = call.phone.trim();
    let international = phone.strip_prefix('+').or_else(|| phone.strip_prefix("00"));
    if international.is_none() && !config.national {
        return Err(invalid(format!("`{phone}` does not say its country; write it like `+46 8 123 456`")));
    }
    // `+49 (0)40 …`: within the country a 0 is dialled first, from abroad it is not.
    let text = international.map_or_else(|| phone.to_owned(), |rest| rest.replace("(0)", ""));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_plain = text.chars().all(|sign| sign.is_ascii_digit() || " ()-./\u{a0}".contains(sign));
    if !is_plain || !DIGITS.contains(&digits.len()) {
        return Err(invalid(format!("`{phone}` is not a telephone number that can be dialled")));
    }
    let prefix = if international.is_some() { config.prefix.as_str() } else { "" };
    Ok(format!("{prefix}{digits}"))
}

/// The fact that a result is.
pub fn event(config: &Config, name: &str, token: &str, ended: &Ended) -> Result<Event<Fact>, String> {
    if self::token(&ended.key) != token {
        return Err(format!("it is of the call `{}`, whose results have another name", ended.key));
    }
    let mut notes = vec![Note::new("status", &ended.status)];
    notes.extend(ended.cause.map(|cause| Note::new("cause", cause.to_string())));
    let result = CallResult {
        call: Some(ended.key.clone()),
        account: ended.account.clone(),
        disposition: disposition(ended, &config.dispositions, &config.answered)?,
        at: ended.began.saturating_mul(1_000),
        duration_s: ended.seconds,
        agent: String::new(),
        text: String::new(),
        notes,
    };
    let source = Source {
        key: token.to_owned(),
        version: None,
        digest: None,
        document: name.to_owned(),
        place: String::new(),
        occurred_on: ended.day,
    };
    Ok(Event { source, fact: Fact::CallEnded(result) })
}

/// How dialling ended; for an answered call what was said of it. Causes are those of ITU-T Q.850.
fn disposition(ended: &Ended, words: &BTreeMap<String, Disposition>, answered: &Disposition) -> Result<String, String> {
    let code = match (ended.status.as_str(), ended.cause.unwrap_or_default()) {
        ("ANSWER", _) => return said(&ended.said, words, answered),
        ("BUSY", _) => "busy",
        ("NOANSWER", _) => "no_answer",
        ("CANCEL", _) => "canceled",
        // Not allocated, changed, no such format.
        ("CHANUNAVAIL" | "CONGESTION", 1 | 22 | 28) => "invalid_number",
        // Busy, and turned down: a phone rang.
        ("CHANUNAVAIL" | "CONGESTION", 17 | 21) => "busy",
        // Nobody responds, nobody answers, switched off.
        ("CHANUNAVAIL" | "CONGESTION", 18..=20) => "no_answer",
        ("CHANUNAVAIL" | "CONGESTION" | "INVALIDARGS" | "", _) => "failed",
        (other, _) => return Err(format!("the status `{other}` is unknown")),
    };
    Ok(code.to_owned())
}

fn said(word: &str, words: &BTreeMap<String, Disposition>, answered: &Disposition) -> Result<String, String> {
    match (words.get(word), DISPOSITIONS.contains(&word)) {
        (Some(meant), _) => Ok(meant.0.clone()),
        (None, true) => Ok(word.to_owned()),
        (None, false) if word.is_empty() => Ok(answered.0.clone()),
        (None, false) => Err(format!("the dialplan said `{word}`; name what it means under `dispositions`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;
    use dunlin_plugin_sdk::config;

    fn told(status: &str, cause: &str, said: &str) -> Result<String, String> {
        let line = format!("1|1795438668|2026-11-23|{status}|{cause}||{said}|k|C-1|end");
        let config: Config = config::parse(r#"{"dispositions": {"2": "rpc_refused"}}"#).unwrap();
        disposition(&wire::ended(&line).unwrap().unwrap(), &config.dispositions, &config.answered)
    }

    #[test]
    fn how_dialling_ended_and_what_was_said_make_a_disposition() {
        for (status, cause, said, code) in [
            ("BUSY", "17", "", "busy"),
            ("NOANSWER", "16", "", "no_answer"),
            ("CANCEL", "16", "", "canceled"),
            ("CHANUNAVAIL", "1", "", "invalid_number"),
            ("CONGESTION", "28", "", "invalid_number"),
            ("CONGESTION", "21", "", "busy"),
            ("CHANUNAVAIL", "20", "", "no_answer"),
            ("CONGESTION", "34", "", "failed"),
            ("CHANUNAVAIL", "", "", "failed"),
            ("", "", "", "failed"),
            ("ANSWER", "16", "2", "rpc_refused"),
            ("ANSWER", "16", "voicemail_none", "voicemail_none"),
            ("ANSWER", "16", "", "third_party_no_disclosure"),
        ] {
            assert_eq!(told(status, cause, said).as_deref(), Ok(code), "{status} {cause} {said}");
        }
        assert!(told("TORTURE", "", "").unwrap_err().contains("`TORTURE`"));
        assert!(told("ANSWER", "16", "7").unwrap_err().contains("`7`"));
    }

    #[test]
    fn a_token_is_short_plain_and_known_again() {
        assert!(is_token(&token("call:call-day-7:INV-1:cycle-1")) && token("call:a") != token("call:b"));
        for other in ["dunl", "dunl0123456789abcde", "dunl0123456789abcdeg", "1795438668.12", ""] {
            assert!(!is_token(other), "{other}");
        }
    }
}
