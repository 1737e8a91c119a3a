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

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where real time enters")]
    fn now(&self) -> DateTime {
        jiff::Timestamp::now().to_zoned(self.zone.clone()).datetime()
    }
}
