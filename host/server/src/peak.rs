//! The hours in which people are reached best: calls come first then, and other tasks stay out of the worklist.

use escalation::DateTime;
use jiff::civil::Time;

/// Spans of one day.
const SPANS_MAX: usize = 12;

/// In hub time, on every day. None: no hour is better than another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeakHours(Vec<(Time, Time)>);

impl PeakHours {
    /// `["09:00-11:00", "16:00-18:00"]`
    pub fn read(spans: &[String]) -> Result<Self, String> {
        if spans.len() > SPANS_MAX {
            return Err(format!("`calls.peak` has {} spans\n\nhint: at most {SPANS_MAX}", spans.len()));
        }
        spans.iter().map(|span| read(span)).collect::<Result<_, _>>().map(Self)
    }

    /// When the peak of this moment is over; none: there is none.
    pub fn until(&self, at: DateTime) -> Option<Time> {
        let now = at.time();
        self.0.iter().filter(|(from, until)| (*from..*until).contains(&now)).map(|(_, until)| *until).max()
    }
}

fn read(span: &str) -> Result<(Time, Time), String> {
    let time = |text: &str| text.trim().parse::<Time>().ok();
    let found = span.split_once('-').and_then(|(from, until)| Some((time(from)?, time(until)?)));
    found.filter(|(from, until)| from < until).ok_or_else(|| {
        format!("`calls.peak` has `{span}`, which is no span of a day\n\nhint: write it as `09:00-11:00`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_has_its_hours() {
        let peak = PeakHours::read(&["09:00-11:00".into(), "16:00-18:30".into()]).unwrap();
        let until = |hour, minute| peak.until(DateTime::constant(2026, 3, 2, hour, minute, 0, 0));
        assert_eq!([until(8, 59), until(11, 0), until(18, 30)], [None; 3]);
        assert_eq!(until(9, 0), Some(Time::constant(11, 0, 0, 0)));
        assert_eq!(until(18, 29), Some(Time::constant(18, 30, 0, 0)));
        for wrong in ["9", "11:00-09:00", "09:00-25:00", "all day"] {
            let error = PeakHours::read(&[wrong.into()]).unwrap_err();
            assert!(error.contains(wrong) && error.contains("hint: write it as"), "{error}");
        }
    }
}
