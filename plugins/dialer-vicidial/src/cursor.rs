//! Where reading goes on: rounds over days, and within a day over the statuses of its calls.

use dunlin_plugin_sdk::{Date, Error, Result};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cursor {
    /// The server's seconds since 1970 at which the last round began.
    pub began: Option<i64>,
    /// The last day of the last round, or of the one that is under way.
    pub through: Option<Date>,
    /// Within a round: the day that is read.
    pub day: Option<Date>,
    /// Within a day: the last status that was read.
    pub status: Option<String>,
}

impl Cursor {
    pub fn read(text: Option<&str>) -> Result<Cursor> {
        match text.unwrap_or_default() {
            "" => Ok(Cursor::default()),
            text => serde_json::from_str(text).map_err(|error| {
                Error::broken(format!("the cursor `{text}` cannot be read: {error}"))
                    .hint("it is not one of this plugin; let it start anew")
            }),
        }
    }

    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::broken(format!("the cursor cannot be written: {error}")))
    }

    /// A round begins the day before the last one ended: a call's status may come after midnight.
    pub fn begin(&mut self, now: i64, today: Date, since: Option<Date>) {
        let again = self.through.map(|day| day.yesterday().unwrap_or(day));
        let first = again.or(since).unwrap_or(today).min(today);
        *self = Cursor { began: Some(now), through: Some(today), day: Some(first), status: None };
    }

    /// The day and status to read next; None: the round is at its end.
    pub fn next<'s>(&mut self, statuses: impl Iterator<Item = &'s String> + Clone) -> Option<(Date, &'s str)> {
        let day = self.day?;
        let behind = |status: &&String| self.status.as_ref().is_none_or(|last| *status > last);
        if let Some(status) = statuses.clone().find(behind) {
            return Some((day, status));
        }
        self.day = day.tomorrow().ok().filter(|next| self.through.is_some_and(|last| *next <= last));
        self.status = None;
        let first = statuses.clone().next()?;
        self.day.map(|day| (day, first.as_str()))
    }

    pub fn has_read(&mut self, status: &str) {
        self.status = Some(status.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: Date = Date::constant(2026, 3, 2);

    fn round(cursor: &mut Cursor) -> Vec<String> {
        let statuses = ["B", "NA"].map(str::to_owned);
        let mut read = Vec::new();
        while let Some((day, status)) = cursor.next(statuses.iter()) {
            read.push(format!("{day} {status}"));
            cursor.has_read(status);
            *cursor = Cursor::read(Some(&cursor.write().unwrap())).unwrap();
        }
        read
    }

    #[test]
    fn a_round_reads_every_status_of_every_day_and_the_last_day_again() {
        let mut cursor = Cursor::default();
        cursor.begin(1, MONDAY, None);
        assert_eq!(round(&mut cursor), ["2026-03-02 B", "2026-03-02 NA"]);
        cursor.begin(2, Date::constant(2026, 3, 3), Some(MONDAY));
        let two: Vec<String> =
            (1..=3).flat_map(|day| ["B", "NA"].map(|status| format!("2026-03-0{day} {status}"))).collect();
        assert_eq!(round(&mut cursor), two);
        assert_eq!((cursor.day, cursor.through), (None, Some(Date::constant(2026, 3, 3))));
    }

    #[test]
    fn the_first_round_begins_where_it_is_told() {
        for (since, first) in
            [(Some(Date::constant(2026, 3, 1)), "2026-03-01 B"), (Some(MONDAY.tomorrow().unwrap()), "2026-03-02 B")]
        {
            let mut cursor = Cursor::default();
            cursor.begin(1, MONDAY, since);
            assert_eq!(round(&mut cursor)[0], first);
        }
        assert!(Cursor::read(Some("2026-03-02")).unwrap_err().message.contains("cursor"));
    }
}
