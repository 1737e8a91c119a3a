//! The machine's clock in the creditor's time zone: the one place where real time enters.

use engine::Clock;
use escalation::DateTime;
use jiff::tz::TimeZone;

pub struct SystemClock {
    zone: TimeZone,
}

impl SystemClock {
    pub fn new(zone: TimeZone) -> Self {
        Self { zone }
    }
}

/// Milliseconds of the Unix epoch, to compare clocks by.
#[expect(clippy::disallowed_methods, reason = "the machine's clock itself is asked about")]
pub fn unix_millis() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where real time enters")]
    fn now(&self) -> DateTime {
        jiff::Timestamp::now().to_zoned(self.zone.clone()).datetime()
    }

    fn offset_minutes(&self, at: DateTime) -> i32 {
        self.zone.to_zoned(at).map_or(0, |zoned| zoned.offset().seconds() / 60)
    }
}
