//! What a story tells of the time before a debt exists: credit, terms, appointments and orders, cover, notifications.

use jiff::civil::Date;

use super::text::{Read, Words};
use super::world::World;
use crate::credit::{Advice, AgreedTerms, CreditApplication, CreditReport, CreditVerdict, Evidence, EvidenceKind};
use crate::engagement::{Cover, Engagement, EngagementKind, Insured};
use crate::event::Fact;
use crate::id::{EffectKey, EngagementId};
use crate::money::Money;
use crate::pack::Percent;

/// One report, as told; it opens an account that is not known yet.
#[derive(Clone, Debug)]
pub(super) struct Tells {
    pub name: String,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Since(Date),
    Engaged { kind: EngagementKind, id: EngagementId, amount: Money, on: Date, insured: Option<Insured> },
    Ended(EngagementId),
    Applies { id: String, amount: Money },
    Evidence { kind: EvidenceKind, proof: String, until: Option<Date> },
    Terms { net_days: u16, proof: String, signed: bool, fee: bool, interest: Option<Percent> },
    Decides { id: String, granted: bool, until: Option<Date>, because: String },
    Report { advice: Advice, limit: Option<Money>, price: Option<Money>, until: Option<Date> },
    Cover { id: EngagementId, active: bool, until: Option<Date> },
    Acknowledged { by: String },
}

/// `customer ACME since 2026-01-01`, `appointment A-1 of 80.00 EUR with ACME on 2026-03-20 [insured by P as M]`,
/// `order O-1 ...`, `appointment A-1 of ACME is over`. None: it is nothing of this file.
pub(super) fn accounting(words: &mut Words<'_>) -> Read<Option<Tells>> {
    if words.takes("customer") {
        let name = words.name()?;
        words.needs("since")?;
        return Ok(Some(Tells { name, what: What::Since(words.date()?) }));
    }
    let kind = match words.peek() {
        "appointment" => EngagementKind::Appointment,
        "order" => EngagementKind::Order,
        _ => return Ok(None),
    };
    words.word("appointment or order")?;
    let id = EngagementId::new(words.word("its name")?);
    words.needs("of")?;
    if words.peek().starts_with(|first: char| !first.is_ascii_digit()) {
        let name = words.name()?;
        words.needs("is over")?;
        return Ok(Some(Tells { name, what: What::Ended(id) }));
    }
    let amount = words.money()?;
    words.needs("with")?;
    let name = words.name()?;
    words.needs("on")?;
    let on = words.date()?;
    let insured = if words.takes("insured by") {
        let payer = words.word("who pays")?.to_owned();
        words.needs("as")?;
        Some(Insured { payer, member: words.word("the member's number")?.to_owned(), service: String::new() })
    } else {
        None
    };
    Ok(Some(Tells { name, what: What::Engaged { kind, id, amount, on, insured } }))
}

/// `ACME applies for 8000.00 EUR as APP-1`, `records references of ACME as "file 7"`, `records terms of 30 days with ACME as
/// "contract 7"`, `grants|refuses APP-1 of ACME`. None: it is nothing of this file.
pub(super) fn desk(words: &mut Words<'_>) -> Read<Option<Tells>> {
    if words.takes("records") {
        return records(words).map(Some);
    }
    for (word, granted) in [("grants", true), ("refuses", false)] {
        if words.takes(word) {
            let id = words.word("an application")?.to_owned();
            words.needs("of")?;
            let name = words.name()?;
            let until = until(words)?;
            let because = if words.takes("because") { words.rest().to_owned() } else { String::new() };
            return Ok(Some(Tells { name, what: What::Decides { id, granted, until, because } }));
        }
    }
    let mut ahead = words.clone();
    let Ok(name) = ahead.name() else { return Ok(None) };
    if !ahead.takes("applies for") {
        return Ok(None);
    }
    *words = ahead;
    let amount = words.money()?;
    words.needs("as")?;
    let id = words.word("the application's name")?.to_owned();
    Ok(Some(Tells { name, what: What::Applies { id, amount } }))
}

fn records(words: &mut Words<'_>) -> Read<Tells> {
    let signed = words.takes("signed");
    if signed || words.peek() == "terms" {
        words.needs("terms of")?;
        let days = words.word("days")?;
        let net_days = days.parse().map_err(|_| format!("`{days}` is not a number of days"))?;
        words.needs("days with")?;
        let name = words.name()?;
        words.needs("as")?;
        let (proof, fee) = (words.quoted()?, words.takes("agreeing a fee"));
        let interest = if words.takes("agreeing interest of") {
            let percent = words.word("a rate in percent")?.parse::<Percent>()?;
            words.needs("percent")?;
            Some(percent)
        } else {
            None
        };
        return Ok(Tells { name, what: What::Terms { net_days, proof, signed, fee, interest } });
    }
    let word = words.word("what is recorded")?;
    let kinds = [EvidenceKind::References, EvidenceKind::FinancialStatements];
    let kind = kinds.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| {
        format!("`{word}` is not recorded so\n\nhint: references, financial-statements, terms or signed terms")
    })?;
    words.needs("of")?;
    let name = words.name()?;
    words.needs("as")?;
    let proof = words.quoted()?;
    Ok(Tells { name, what: What::Evidence { kind, proof, until: until(words)? } })
}

/// `reports approve|review|decline on ACME [limit AMOUNT] [price AMOUNT] [until DATE]`
pub(super) fn bureau(words: &mut Words<'_>) -> Read<Tells> {
    words.needs("reports")?;
    let word = words.word("approve, review or decline")?;
    let advices = [Advice::Approve, Advice::Review, Advice::Decline];
    let advice = advices.into_iter().find(|advice| advice.as_str() == word);
    let advice = advice.ok_or_else(|| format!("`{word}` is not approve, review or decline"))?;
    words.needs("on")?;
    let name = words.name()?;
    let limit = if words.takes("limit") { Some(words.money()?) } else { None };
    let price = if words.takes("price") { Some(words.money()?) } else { None };
    Ok(Tells { name, what: What::Report { advice, limit, price, until: until(words)? } })
}

/// `cover of ACME for A-1 is active|lapsed [until DATE]`
pub(super) fn coverage(words: &mut Words<'_>) -> Read<Tells> {
    words.needs("cover of")?;
    let name = words.name()?;
    words.needs("for")?;
    let id = EngagementId::new(words.word("an appointment")?);
    words.needs("is")?;
    let active = words.takes("active");
    if !active {
        words.needs("lapsed")?;
    }
    Ok(Tells { name, what: What::Cover { id, active, until: until(words)? } })
}

/// `sales-rep saw the news of ACME`
pub(super) fn notifier(words: &mut Words<'_>) -> Read<Tells> {
    let by = words.word("who saw it")?.to_owned();
    words.needs("saw the news of")?;
    Ok(Tells { name: words.name()?, what: What::Acknowledged { by } })
}

fn until(words: &mut Words<'_>) -> Read<Option<Date>> {
    if words.takes("until") { Ok(Some(words.date()?)) } else { Ok(None) }
}

/// The fact that it is for the account.
pub(super) fn fact(world: &mut World<'_>, tells: &Tells) -> Fact {
    let today = world.now.date();
    world.lane(&tells.name);
    match tells.what.clone() {
        What::Since(since) => Fact::CustomerSince { since },
        What::Engaged { kind, id, amount, on, insured } => {
            Fact::Engaged { engagement: Engagement { id, kind, on, amount, insured } }
        }
        What::Ended(engagement) => Fact::EngagementEnded { engagement, reason: String::new() },
        What::Applies { id, amount } => {
            let (id, text) = (id.as_str().into(), String::new());
            Fact::CreditApplied { application: CreditApplication { id, amount, applied_on: today, text } }
        }
        What::Evidence { kind, proof, until } => {
            Fact::EvidenceRecorded { evidence: Evidence { kind, proof, recorded_on: today, until } }
        }
        What::Terms { net_days, proof, signed, fee, interest } => {
            let (fee_agreed, until) = (fee, None);
            let agreed_on = today;
            let terms = AgreedTerms { agreed_on, proof, net_days, signed, fee_agreed, interest, until };
            Fact::TermsRecorded { terms }
        }
        What::Decides { id, granted, until, because } => {
            let verdict = CreditVerdict { granted, on: today, until, because };
            Fact::CreditDecided { application: id.as_str().into(), verdict }
        }
        What::Report { advice, limit, price, until } => {
            let (report, bureau) = (world.fresh("report"), "bureau".to_owned());
            let (score, text, reported_on, valid_until) = (String::new(), String::new(), today, until);
            let report = CreditReport { report, bureau, score, advice, limit, price, reported_on, valid_until, text };
            Fact::CreditReported { report }
        }
        What::Cover { id, active, until } => {
            let (payer, member, text) = (String::new(), String::new(), String::new());
            let cover = Cover { active, checked_on: today, from: None, until, payer, member, text };
            Fact::CoverReported { engagement: id, cover }
        }
        What::Acknowledged { by } => {
            Fact::NotificationAcknowledged { notification: EffectKey::new("told"), by, text: String::new() }
        }
    }
}

/// A decided fact in the words of a story.
pub(super) fn in_words(name: &str, fact: &Fact) -> Option<String> {
    match fact {
        Fact::CreditDecided { verdict, .. } => {
            Some(format!("credit of {name} {}", if verdict.granted { "granted" } else { "refused" }))
        }
        Fact::CreditExpired { .. } => Some(format!("credit of {name} expired")),
        Fact::TermsProposed { terms } => Some(format!("terms of {} days proposed to {name}", terms.net_days)),
        Fact::CoverLapsed { .. } => Some(format!("cover of {name} lapsed")),
        _ => None,
    }
}

/// What a story expects of it: the same words. None: it is nothing of this file.
pub(super) fn expected(words: &mut Words<'_>) -> Read<Option<String>> {
    if words.takes("credit of") {
        let name = words.name()?;
        return match words.word("granted, refused or expired")? {
            end @ ("granted" | "refused" | "expired") => Ok(Some(format!("credit of {name} {end}"))),
            other => Err(format!("`{other}` is not granted, refused or expired")),
        };
    }
    if words.takes("cover of") {
        let name = words.name()?;
        words.needs("lapsed")?;
        return Ok(Some(format!("cover of {name} lapsed")));
    }
    if words.takes("terms of") {
        let days = words.word("days")?;
        words.needs("days proposed to")?;
        return Ok(Some(format!("terms of {days} days proposed to {}", words.name()?)));
    }
    Ok(None)
}
