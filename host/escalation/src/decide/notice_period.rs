//! The time that the law of the debtor's country leaves between the last letter and whatever comes after it.

use jiff::civil::Date;

use super::Work;
use crate::guard::{self, Guard};
use crate::invoice::plus_days;
use crate::policy::{Level, LevelAction, Tone};

/// The day by which a notice that goes out on a day asks for payment: the policy's, or the law's where that is later. Only a notice
/// of the last tone is what laws mean by the letter before others act. None: it names no day.
pub(super) fn deadline(work: &Work<'_>, level: &Level, sent: Date) -> Result<Option<Date>, Guard> {
    let own = level.deadline_days.map(|days| plus_days(sent, i32::from(days)));
    if level.action != LevelAction::Notice || level.tone != Tone::Final {
        return Ok(own);
    }
    // Without a pack nobody is written to: that is said where contacts are judged.
    let Ok(pack) = guard::pack_of(work.scene()) else { return Ok(own) };
    let Some(rule) = pack.last_notice_period(work.account.debtor.kind, sent) else { return Ok(own) };
    let lawful = rule.last_day(sent, pack.calendar.as_ref());
    let lawful = lawful.map_err(|unknown| Guard::new("no-calendar", unknown.to_string(), None))?;
    Ok(own.max(Some(lawful)))
}
