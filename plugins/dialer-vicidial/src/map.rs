//! VICIdial's statuses and calls become facts.

use std::collections::BTreeMap;

use dunlin_plugin_sdk::dialer::{CallResult, DISPOSITIONS, Fact};
use dunlin_plugin_sdk::{Event, Note, Source};
use jiff::tz::Offset;
use serde::Deserialize;

use crate::lead::Identity;
use crate::wire::{Call, Clock};

/// Bytes of an agent's comments that travel.
const TEXT_CHARS: usize = 500;
/// The user under which VICIdial logs calls that no agent took.
const NOBODY: &str = "VDAD";

/// What the statuses mean that every VICIdial has and that say how a call ended. Those of a sale are read as a debtor's answer: to
/// decline or not to be interested is to refuse, a sale is a promise.
pub const USUAL: [(&str, &str); 25] = [
    ("A", "voicemail_none"),
    ("AA", "voicemail_none"),
    ("AB", "busy"),
    ("ADAIR", "no_answer"),
    ("ADC", "invalid_number"),
    ("ADCT", "failed"),
    ("AFAX", "invalid_number"),
    ("AL", "voicemail_left"),
    ("AM", "voicemail_none"),
    ("B", "busy"),
    ("CALLBK", "rpc_callback"),
    ("CBHOLD", "rpc_callback"),
    ("DAIR", "no_answer"),
    ("DC", "invalid_number"),
    ("DEC", "rpc_refused"),
    ("DNC", "dnc_request"),
    ("DROP", "abandoned"),
    ("ERI", "failed"),
    ("LRERR", "failed"),
    ("N", "no_answer"),
    ("NA", "no_answer"),
    ("NI", "rpc_refused"),
    ("NP", "third_party_no_disclosure"),
    ("PDROP", "abandoned"),
    ("SALE", "rpc_ptp"),
];

/// One of the contract's codes, or `ignore`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Disposition(String);

impl TryFrom<String> for Disposition {
    type Error = String;

    fn try_from(code: String) -> Result<Disposition, String> {
        match code == "ignore" || DISPOSITIONS.contains(&code.as_str()) {
            true => Ok(Disposition(code)),
            false => Err(format!("`{code}` is unknown; allowed: `ignore`, `{}`", DISPOSITIONS.join("`, `"))),
        }
    }
}

/// Every status that is read, with its meaning; what the operator says comes first.
pub fn statuses(own: &BTreeMap<String, Disposition>) -> BTreeMap<String, String> {
    let usual = USUAL.iter().map(|(status, code)| ((*status).to_owned(), (*code).to_owned()));
    let own = own.iter().map(|(status, code)| (status.clone(), code.0.clone()));
    usual.chain(own).collect::<BTreeMap<_, _>>().into_iter().filter(|(_, code)| code != "ignore").collect()
}

/// The fact that a call of the log is.
pub fn event(call: &Call, of: &Identity, disposition: &str, clock: Clock) -> Result<Event<Fact>, String> {
    let local = Offset::UTC.to_timestamp(call.at).map_err(|error| format!("`{}`: {error}", call.at))?;
    let ahead = Offset::UTC.to_timestamp(clock.local).map_err(|error| format!("`{}`: {error}", clock.local))?;
    // Both clocks were read at once: what lies between them is the server's distance to UTC, in quarters of an hour.
    let quarters = ahead.as_second().saturating_sub(clock.epoch).saturating_add(450).div_euclid(900);
    let at = local.as_millisecond().saturating_sub(quarters.saturating_mul(900_000));
    let mut notes = vec![Note::new("status", &call.status)];
    if !call.hung_up_by.is_empty() && call.hung_up_by != "NONE" {
        notes.push(Note::new("hung-up-by", call.hung_up_by.to_lowercase()));
    }
    let result = CallResult {
        call: of.key.clone(),
        account: of.account.clone(),
        disposition: disposition.to_owned(),
        at,
        duration_s: call.seconds.unwrap_or_default(),
        agent: if call.user == NOBODY { String::new() } else { call.user.clone() },
        text: of.comments.chars().take(TEXT_CHARS).collect(),
        notes,
    };
    let source = Source {
        key: format!("{}:{}", of.token, call.at),
        version: None,
        // Comments and lengths may be written later; the disposition may not.
        digest: Some(disposition.to_owned()),
        document: format!("calls with the status {} on {}", call.status, call.at.date()),
        place: format!("{} at {}", call.phone, call.at.time()),
        occurred_on: call.at.date(),
    };
    Ok(Event { source, fact: Fact::CallEnded(result) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    fn at(zone: &str, epoch: i64) -> i64 {
        let of = Identity { token: "dunl0".into(), key: None, account: "C-1".into(), comments: String::new() };
        let (_, call) = wire::calls("1|2026-03-02 11:15:00|101||NA|NONE|NA|dunl0|VDAD").remove(0);
        let event = event(&call.unwrap(), &of, "no_answer", Clock { local: zone.parse().unwrap(), epoch }).unwrap();
        let Fact::CallEnded(result) = event.fact else { panic!() };
        assert_eq!((result.agent.as_str(), result.duration_s, result.notes.len()), ("", 0, 1));
        result.at
    }

    #[test]
    fn the_server_s_own_clock_says_how_far_it_is_from_utc() {
        let ten_fifteen = 1_772_446_500;
        assert_eq!(at("2026-03-02T11:15:00", ten_fifteen), ten_fifteen * 1_000);
        assert_eq!(at("2026-03-02T11:15:00", ten_fifteen + 1), ten_fifteen * 1_000, "a second between them");
        assert_eq!(at("2026-03-02T11:15:02", ten_fifteen), ten_fifteen * 1_000);
        assert_eq!(at("2026-03-02T06:15:00", ten_fifteen), (ten_fifteen + 5 * 3_600) * 1_000, "five hours behind");
        assert_eq!(at("2026-03-02T15:45:00", ten_fifteen), (ten_fifteen - 16_200) * 1_000, "half an hour counts");
    }

    #[test]
    fn the_operator_s_table_comes_before_the_usual_one() {
        let own = |json| serde_json::from_str::<BTreeMap<String, Disposition>>(json);
        let statuses = statuses(&own(r#"{"PTP": "rpc_ptp", "SALE": "ignore", "NI": "rpc_dispute"}"#).unwrap());
        assert_eq!((statuses["PTP"].as_str(), statuses["NI"].as_str()), ("rpc_ptp", "rpc_dispute"));
        assert!(!statuses.contains_key("SALE") && statuses.contains_key("NA"));
        assert!(own(r#"{"X": "nobody"}"#).unwrap_err().to_string().contains("`no_answer`"));
        assert!(USUAL.iter().all(|(_, code)| DISPOSITIONS.contains(code)));
    }
}
