//! The texts that VICIdial's non-agent API answers with: lines that begin with a word, records, and rows between bars.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

const RECORD_START: &str = ";---------- START OF RECORD";
/// Cells of a row of the call log.
const CELLS: usize = 9;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Success,
    Notice,
    Error,
}

/// A line such as `SUCCESS: add_lead LEAD HAS BEEN ADDED - 7275551111|101|8||hub`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: Kind,
    /// Without what follows: a failed login repeats the password there.
    pub reason: String,
    /// What stands between the bars.
    pub cells: Vec<String>,
}

/// The lines of an answer that begin with a word of theirs; others mean nothing here.
pub fn lines(text: &str) -> Vec<Line> {
    text.lines().filter_map(line).collect()
}

fn line(text: &str) -> Option<Line> {
    let (word, rest) = text.trim().split_once(": ")?;
    let kind = match word {
        "SUCCESS" => Kind::Success,
        "NOTICE" => Kind::Notice,
        "ERROR" => Kind::Error,
        _ => return None,
    };
    let cut = [" - ", ": "].iter().filter_map(|joint| Some((rest.find(joint)?, joint.len()))).min();
    let (reason, cells) = match cut {
        Some((at, length)) => (&rest[..at], &rest[at + length..]),
        None => (rest, ""),
    };
    let cells = cells.split('|').map(|cell| cell.trim().to_owned()).collect();
    Some(Line { kind, reason: reason.trim().to_owned(), cells })
}

/// The time of the server, twice: as its clock on the wall shows it, and in seconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub local: DateTime,
    pub epoch: i64,
}

/// `VERSION: 2.14-1|BUILD: 1|DATE: 2026-03-02 10:15:00|EPOCH: 1772446500|DST: 0|TZ: 1|TZNOW: 1|`
pub fn clock(text: &str) -> Option<Clock> {
    let cell = |name: &str| text.split('|').find_map(|cell| cell.trim().strip_prefix(name)).map(str::trim);
    Some(Clock { local: cell("DATE:")?.parse().ok()?, epoch: cell("EPOCH:")?.parse().ok()? })
}

/// The fields of a lead.
pub type Lead = BTreeMap<String, String>;

/// Leads one below the other, `name => value` a line.
pub fn leads(text: &str) -> Vec<Lead> {
    let mut leads: Vec<Lead> = Vec::new();
    for line in text.lines() {
        if line.starts_with(RECORD_START) {
            leads.push(Lead::new());
        } else if let (Some(lead), Some((name, value))) = (leads.last_mut(), line.split_once(" =>")) {
            // What an agent typed may hold a line that looks like a field: the first one counts.
            lead.entry(name.to_owned()).or_insert_with(|| value.trim().to_owned());
        }
    }
    leads
}

/// A call of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub phone: String,
    pub at: DateTime,
    /// Empty in the log of some releases, where nobody was connected.
    pub seconds: Option<u32>,
    pub hung_up_by: String,
    pub status: String,
    pub source_id: String,
    pub user: String,
}

/// Number (the first is 1) and content of each row, or what is wrong with it.
pub fn calls(text: &str) -> Vec<(usize, Result<Call, String>)> {
    let rows = text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty());
    rows.map(|(index, row)| (index + 1, call(row))).collect()
}

/// `phone_number|call_date|list_id|length_in_sec|lead_status|hangup_reason|call_status|source_id|user`
fn call(row: &str) -> Result<Call, String> {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let &[phone, at, _, seconds, _, hung_up_by, status, source_id, user] = cells.as_slice() else {
        return Err(format!("{} cells where a call has {CELLS}", cells.len()));
    };
    let at = at.parse().map_err(|_| format!("`call_date` is `{at}`, which is no time"))?;
    let seconds = match seconds {
        "" => None,
        text => Some(text.parse().map_err(|_| format!("`length_in_sec` is `{text}`, which is no number of seconds"))?),
    };
    let [phone, hung_up_by, status, source_id, user] = [phone, hung_up_by, status, source_id, user].map(str::to_owned);
    Ok(Call { phone, at, seconds, hung_up_by, status, source_id, user })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_where_its_reason_ends() {
        for (text, kind, reason, cells) in [
            (
                "SUCCESS: add_lead LEAD HAS BEEN ADDED - 7275551111|101|8||hub",
                Kind::Success,
                "add_lead LEAD HAS BEEN ADDED",
                vec!["7275551111", "101", "8", "", "hub"],
            ),
            (
                "NOTICE: update_lead LEADS FOUND IN THE SYSTEM: |hub|8|dunlin0|7275551111|101|0",
                Kind::Notice,
                "update_lead LEADS FOUND IN THE SYSTEM",
                vec!["", "hub", "8", "dunlin0", "7275551111", "101", "0"],
            ),
            (
                "ERROR: Login incorrect, please try again: |hub|the-password|BAD|",
                Kind::Error,
                "Login incorrect, please try again",
                vec!["", "hub", "the-password", "BAD", ""],
            ),
            ("ERROR: NO FUNCTION SPECIFIED", Kind::Error, "NO FUNCTION SPECIFIED", vec![""]),
        ] {
            let cells = cells.into_iter().map(str::to_owned).collect();
            assert_eq!(lines(text), [Line { kind, reason: reason.to_owned(), cells }]);
        }
        assert_eq!(lines("<html>\n<h1>503 Busy</h1>\n"), []);
    }

    #[test]
    fn a_field_is_read_once_for_each_lead() {
        let text = ";---------- START OF RECORD 1 ----------\nlead_id => 8\ncomments => he said:\nlead_id => 9\naddress1 =>\n\
                    ;---------- START OF RECORD 2 ----------\nlead_id => 10\n";
        let leads = leads(text);
        let ids: Vec<&str> = leads.iter().map(|lead| lead["lead_id"].as_str()).collect();
        assert_eq!((ids, leads[0]["address1"].as_str()), (vec!["8", "10"], ""));
    }

    #[test]
    fn leads_and_calls_are_read_as_the_api_writes_them() {
        let leads = leads(include_str!("../fixtures/lead-status-search.txt"));
        assert_eq!((leads.len(), leads[0].len(), leads[0]["rank"].as_str()), (2, 32, "3"));
        let calls = calls(include_str!("../fixtures/phone-number-log.txt"));
        let calls: Vec<Call> = calls.into_iter().map(|(_, call)| call.unwrap()).collect();
        assert!(
            calls[0].source_id == leads[0]["source_id"]
                && calls[0].source_id == crate::lead::token(&leads[0]["address3"])
        );
        assert_eq!((calls[0].status.as_str(), calls[1].status.as_str(), calls[2].seconds), ("SALE", "NA", None));
    }

    #[test]
    fn a_row_that_is_no_call_says_why() {
        let row = "7275551111|2026-03-02 10:15:00|101|25|NA|NONE|NA|dunlin0|VDAD";
        assert_eq!(calls(row)[0].1.as_ref().unwrap().seconds, Some(25));
        for (wrong, told) in [
            ("7275551111|2026-03-02 10:15:00", "2 cells where a call has 9"),
            (&row.replace("02 10", "32 10"), "`call_date` is `2026-03-32 10:15:00`"),
            (&row.replace("|25|", "|-1|"), "`length_in_sec` is `-1`"),
        ] {
            let error = calls(wrong)[0].1.clone().unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn the_clock_is_read_from_the_version() {
        let text =
            "VERSION: 2.14-192|BUILD: 240801-1130|DATE: 2026-03-02 11:15:00|EPOCH: 1772446500|DST: 0|TZ: 1|TZNOW: 1|\n";
        let clock = clock(text).unwrap();
        assert_eq!((clock.local.to_string(), clock.epoch), ("2026-03-02T11:15:00".to_owned(), 1_772_446_500));
        assert_eq!(super::clock("ERROR: x"), None);
    }
}
