//! What people record before a debt exists: applications, evidence, agreed terms, verdicts, appointments and orders.

use axum::extract::{Path, State};
use escalation::credit::{AgreedTerms, CreditApplication, CreditVerdict, Evidence, EvidenceKind};
use escalation::engagement::{Engagement, EngagementKind, Insured};
use escalation::pack::Percent;
use escalation::{ApplicationId, Currency, Date, EngagementId, Fact, Money};

use super::{Act, Done, account, changed, record};
use crate::web::Shared;
use crate::web::problem::Problem;

/// The longest terms that can be recorded, in days.
const NET_DAYS_MAX: u16 = 365;

pub async fn apply(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let known = account(&web, &id).await?;
    let (name, amount) = (ApplicationId::new(act.needed("application")?), money(&act)?);
    if known.upfront.applications.contains_key(&name) {
        return Err(changed("there is an application of this name").into());
    }
    let (applied_on, text) = (web.hub.now().date(), act.text("note")?.to_owned());
    let application = CreditApplication { id: name, amount, applied_on, text };
    record(&web, &id, &act, Fact::CreditApplied { application }, "applied").await
}

pub async fn evidence(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let kind = match act.needed("kind")? {
        "references" => EvidenceKind::References,
        "financial-statements" => EvidenceKind::FinancialStatements,
        other => {
            let hint = "allowed: references, financial-statements; terms and contracts have a form of their own";
            return Err(Problem::wrong(format!("`kind` cannot be `{other}`"), hint).into());
        }
    };
    let (proof, recorded_on) = (act.needed("where")?.to_owned(), web.hub.now().date());
    let evidence = Evidence { kind, proof, recorded_on, until: day(&act, "until")? };
    record(&web, &id, &act, Fact::EvidenceRecorded { evidence }, "recorded").await
}

pub async fn terms(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let days = act.needed("net_days")?;
    let net_days = days.parse::<u16>().ok().filter(|days| *days <= NET_DAYS_MAX);
    let net_days = net_days.ok_or_else(|| {
        Problem::wrong(format!("`{days}` days cannot be kept"), format!("a whole number from 0 to {NET_DAYS_MAX}"))
    })?;
    let today = web.hub.now().date();
    let agreed_on = day(&act, "agreed_on")?.unwrap_or(today);
    if agreed_on > today {
        return Err(Problem::wrong("what is agreed in the future is not agreed yet", "choose today or earlier").into());
    }
    let is = |name: &str| act.text(name).map(|text| text == "yes");
    let interest = match act.text("interest")?.trim() {
        "" => None,
        text => {
            Some(text.replace(',', ".").parse::<Percent>().ok().filter(|percent| !percent.is_negative()).ok_or_else(
                || {
                    Problem::wrong(
                        format!("`{text}` is no rate of interest"),
                        "percent a year, such as 12.5; empty: none agreed",
                    )
                },
            )?)
        }
    };
    let terms = AgreedTerms {
        agreed_on,
        proof: act.needed("where")?.to_owned(),
        net_days,
        signed: is("signed")?,
        fee_agreed: is("fee")?,
        interest,
        until: day(&act, "until")?,
    };
    record(&web, &id, &act, Fact::TermsRecorded { terms }, "recorded").await
}

/// A person decides what the policy leaves open, or against it.
pub async fn decide(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let name = ApplicationId::new(act.needed("application")?);
    let granted = match act.needed("verdict")? {
        "grant" => true,
        "refuse" => false,
        other => return Err(Problem::wrong(format!("`verdict` cannot be `{other}`"), "allowed: grant, refuse").into()),
    };
    if !account(&web, &id).await?.upfront.applications.contains_key(&name) {
        return Err(changed("there is no such application").into());
    }
    let because = act.needed("reason")?.to_owned();
    let until = if granted { day(&act, "until")? } else { None };
    let verdict = CreditVerdict { granted, on: web.hub.now().date(), until, because };
    record(&web, &id, &act, Fact::CreditDecided { application: name, verdict }, "decided").await
}

pub async fn engage(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let kind = match act.needed("kind")? {
        "appointment" => EngagementKind::Appointment,
        "order" => EngagementKind::Order,
        other => {
            return Err(Problem::wrong(format!("`kind` cannot be `{other}`"), "allowed: appointment, order").into());
        }
    };
    let on = day(&act, "on")?.ok_or_else(|| Problem::wrong("`on` is missing", "go back and choose a day"))?;
    let insured = match (act.text("payer")?, act.text("member")?) {
        ("", _) => None,
        (payer, member) => {
            let (payer, member) = (payer.to_owned(), member.to_owned());
            Some(Insured { payer, member, service: act.text("service")?.to_owned() })
        }
    };
    let name = EngagementId::new(act.needed("engagement")?);
    let engagement = Engagement { id: name, kind, on, amount: money(&act)?, insured };
    record(&web, &id, &act, Fact::Engaged { engagement }, "recorded").await
}

pub async fn over(State(web): State<Shared>, Path(id): Path<String>, act: Act) -> Done {
    let engagement = EngagementId::new(act.needed("engagement")?);
    if !account(&web, &id).await?.upfront.waiting.contains_key(&engagement) {
        return Err(changed("nothing of this name waits for its day").into());
    }
    let reason = act.needed("reason")?.to_owned();
    record(&web, &id, &act, Fact::EngagementEnded { engagement, reason }, "recorded").await
}

fn money(act: &Act) -> Result<Money, Problem> {
    let code = act.needed("currency")?;
    let currency: Currency = code.parse().map_err(|_| {
        Problem::wrong(format!("`{code}` is not a currency"), "its code of three letters, such as `EUR`")
    })?;
    let amount = Money::parse(&act.needed("amount")?.replace(' ', "").replace(',', "."), currency)
        .map_err(|error| Problem::wrong(error.to_string(), "write it as `1200.00`"))?;
    if amount.is_positive() {
        Ok(amount)
    } else {
        Err(Problem::wrong("the amount is not more than 0", "write it as `1200.00`"))
    }
}

fn day(act: &Act, name: &str) -> Result<Option<Date>, Problem> {
    match act.text(name)? {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| Problem::wrong(format!("`{text}` is not a day"), "write it as `2026-03-31`")),
    }
}
