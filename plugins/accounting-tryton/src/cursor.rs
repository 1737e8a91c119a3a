//! Where a pull goes on: behind the last invoice that was read, or a little before it while rows may still come late.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use dunlin_plugin_sdk::http::Answer;
use dunlin_plugin_sdk::{Error, Result};
use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::wire::{Moment, Row};

/// A row is stamped when its transaction begins and seen when it ends. Longer than this none should take.
const LATE: Duration = Duration::from_secs(300);

/// Everything up to this moment and, in it, up to this id has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    moment: Moment,
    id: i64,
}

impl Cursor {
    /// None and the empty text: from the beginning.
    pub fn read(text: Option<&str>) -> Result<Option<Cursor>> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
        let parts = text.split_once(' ').and_then(|(moment, id)| {
            Some(Cursor { moment: Moment(DateTime::from_str(moment).ok()?), id: id.parse().ok()? })
        });
        parts.map(Some).ok_or_else(|| Error::broken(format!("`{text}` is no cursor of this plugin")))
    }

    /// The rows behind it, as Tryton takes a condition.
    pub fn condition(self) -> Value {
        let moment = self.moment.to_json();
        json!(["OR", ["write_date", ">", moment], [["write_date", "=", moment], ["id", ">", self.id]]])
    }

    /// Where the next pull begins. `whole`: the page had all that there is.
    ///
    /// A whole page is read again from `LATE` before the server's own time on: a transaction that had begun by then may still end.
    /// What is read twice has the same key and version.
    pub fn after(self_or_start: Option<Cursor>, rows: &[Row], whole: bool, answer: &Answer) -> Option<Cursor> {
        let Some(last) = rows.last().map(|row| Cursor { moment: row.write_date, id: row.id }) else {
            return self_or_start;
        };
        if !whole {
            return Some(last);
        }
        let now = answer.header("date").and_then(server_time).unwrap_or(last.moment.0);
        let settled = now.checked_sub(LATE).map_or(last, |moment| Cursor { moment: Moment(moment), id: 0 });
        Some(last.min(settled))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.moment, self.id)
    }
}

/// The `Date` header; the server keeps its rows in the same time, UTC.
fn server_time(header: &str) -> Option<DateTime> {
    let moment = DateTimeParser::new().parse_timestamp(header).ok()?;
    Some(moment.to_zoned(TimeZone::UTC).datetime())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment(text.parse().unwrap())
    }

    fn row(text: &str, id: i64) -> Row {
        Row { id, write_date: moment(text) }
    }

    fn after(rows: &[Row], whole: bool, date: Option<&str>) -> String {
        let answer = date.map_or(Answer::new(200, ""), |date| Answer::new(200, "").with("Date", date));
        let before = Cursor::read(Some("2026-11-01T00:00:00 1")).unwrap();
        Cursor::after(before, rows, whole, &answer).unwrap().to_string()
    }

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let text = "2026-11-23T09:17:02.572646 4";
        assert_eq!(Cursor::read(Some(text)).unwrap().unwrap().to_string(), text);
        assert_eq!((Cursor::read(None), Cursor::read(Some(""))), (Ok(None), Ok(None)));
        assert!(Cursor::read(Some("17")).unwrap_err().message.contains("`17`"));
    }

    #[test]
    fn a_page_that_is_not_the_last_ends_at_its_last_row() {
        let rows = [row("2026-11-23T09:17:02.5", 3), row("2026-11-23T09:17:02.5", 4)];
        let date = Some("Mon, 23 Nov 2026 09:17:04 GMT");
        assert_eq!(after(&rows, false, date), "2026-11-23T09:17:02.500000 4");
    }

    #[test]
    fn the_last_page_leaves_room_for_rows_that_come_late() {
        let rows = [row("2026-11-23T09:17:02.5", 4)];
        assert_eq!(after(&rows, true, Some("Mon, 23 Nov 2026 09:17:04 GMT")), "2026-11-23T09:12:04.000000 0");
        // An hour later nothing comes late any more.
        assert_eq!(after(&rows, true, Some("Mon, 23 Nov 2026 10:17:04 GMT")), "2026-11-23T09:17:02.500000 4");
        assert_eq!(after(&rows, true, None), "2026-11-23T09:12:02.500000 0");
        assert_eq!(after(&[], true, None), "2026-11-01T00:00:00.000000 1");
    }
}
