//! `dunlin claim`: what is owed for a late invoice by law, so that anyone can check it.

mod table;
mod view;

use std::path::PathBuf;

use clap::Args;
use escalation::claim::{AgreedRate, Claim, Notice, Order, PartPayment};
use escalation::pack::{ActorRole, NoticeKind, Percent};
use escalation::party::PartyKind;
use escalation::{Currency, Date, Money};

use super::{Done, Failure, print_json};
use crate::config::Config;
use crate::packs;
use view::View;

#[derive(Args)]
#[command(after_help = HELP)]
pub struct ClaimCommand {
    /// Whose law: a pack, such as DE, or EU for Directive 2011/7/EU alone
    #[arg(long)]
    country: String,
    /// business, consumer, sole-trader, public-authority, or unknown
    #[arg(long, value_parser = debtor)]
    debtor: PartyKind,
    /// The invoice's amount with its currency
    #[arg(long, value_name = "\"4200.00 EUR\"", value_parser = amount)]
    amount: Money,
    /// The agreed due date; interest runs from the day after
    #[arg(long, value_name = "DATE")]
    due: Date,
    /// The day asked about; it still bears interest
    #[arg(long, value_name = "DATE")]
    as_of: Date,
    /// A payment and its value date; as often as needed
    #[arg(long, value_name = "AMOUNT@DATE", value_parser = paid)]
    paid: Vec<(String, Date)>,
    /// A notice sent to the debtor; as often as needed
    #[arg(long, value_name = "DATE[:fee-agreed][:cost=AMOUNT][:KIND]", value_parser = notice)]
    notice: Vec<NoticeText>,
    /// What payments pay off first: legal, or principal-first
    #[arg(long, default_value = "legal", value_parser = order)]
    allocation: Order,
    /// Interest that was agreed, a year, and when; claimed where the pack lets a contract differ
    #[arg(long, value_name = "PERCENT@DATE", value_parser = agreed)]
    agreed: Option<(Percent, Date)>,
    /// Who claims: first-party-creditor, third-party-agency, debt-buyer or law-firm
    #[arg(long, default_value = "first-party-creditor", value_parser = actor)]
    actor: ActorRole,
    /// A folder of packs, in the place of those of the workspace and of those that are built in
    #[arg(long, value_name = "FOLDER")]
    packs: Option<PathBuf>,
    /// The configuration of a workspace, whose packs are used if it is there
    #[arg(long, default_value = "dunlin.toml", value_name = "FILE")]
    config: PathBuf,
    /// Answer with JSON
    #[arg(long)]
    json: bool,
}

const HELP: &str = "KIND of a notice: reminder (when none is given), collection-demand, agency-referral, payment-plan.\n\
    Exits 1 when something is refused; then there is no total. Not legal advice: every rule names its source and how sure it is.\n\n\
    Example: dunlin claim --country DE --debtor business --amount \"4200.00 EUR\" --due 2026-04-10 --as-of 2026-09-30 \
    --paid 1000.00@2026-06-15";

/// A notice before the claim's currency is known.
#[derive(Clone)]
struct NoticeText {
    sent: Date,
    kind: NoticeKind,
    fee_agreed: bool,
    cost: Option<String>,
}

pub fn run(told: ClaimCommand) -> Done {
    let usage = |error: &dyn std::fmt::Display| Failure::Usage(error.to_string());
    let found = match &told.packs {
        Some(folder) => packs::with_folder(folder),
        None if told.config.is_file() => Config::read(&told.config).map_err(Into::into).and_then(|c| packs::of(&c)),
        None => packs::built_in(),
    };
    let found = found.map_err(|error| usage(&error))?;
    let claim = told.claim().map_err(Failure::Usage)?;
    let view = match found.get(&told.country) {
        Ok(pack) => View::of(&claim, &claim.compute(pack).map_err(|error| usage(&error))?),
        Err(refusal) => View::without_pack(&claim, &told.country, &refusal),
    };
    if told.json {
        print_json(&view)?;
    } else {
        table::lines(&view).iter().for_each(|line| println!("{line}"));
    }
    if view.refused.is_empty() { Ok(()) } else { Err(Failure::Work(view.refused.join("\n"))) }
}

impl ClaimCommand {
    fn claim(&self) -> Result<Claim, String> {
        let currency = self.amount.currency;
        let payments = self.paid.iter().map(|(text, on)| Ok(PartPayment { amount: part(text, currency)?, on: *on }));
        let notices = self.notice.iter().map(|notice| {
            let cost = notice.cost.as_ref().map(|text| part(text, currency)).transpose()?;
            Ok(Notice { sent: notice.sent, kind: notice.kind, with_fee: true, fee_agreed: notice.fee_agreed, cost })
        });
        Ok(Claim {
            debtor: self.debtor,
            actor: self.actor,
            principal: self.amount,
            due: self.due,
            as_of: self.as_of,
            payments: payments.collect::<Result<_, String>>()?,
            notices: notices.collect::<Result<_, String>>()?,
            allocation: self.allocation,
            agreed: self.agreed.map(|(percent, on)| AgreedRate { percent, on, proof: "the contract".to_owned() }),
        })
    }
}

fn amount(text: &str) -> Result<Money, String> {
    let (number, currency) = text.trim().split_once(' ').ok_or("give the currency too, such as \"4200.00 EUR\"")?;
    let currency: Currency = currency.trim().parse().map_err(|error| format!("{error}"))?;
    Money::parse(number, currency).map_err(|error| error.to_string())
}

/// An amount that may leave the currency to the claim.
fn part(text: &str, currency: Currency) -> Result<Money, String> {
    if text.trim().contains(' ') {
        return amount(text);
    }
    Money::parse(text, currency).map_err(|error| error.to_string())
}

fn paid(text: &str) -> Result<(String, Date), String> {
    let (amount, on) = text.split_once('@').ok_or("such as 1000.00@2026-06-15")?;
    Ok((amount.to_owned(), date(on)?))
}

fn agreed(text: &str) -> Result<(Percent, Date), String> {
    let (percent, on) = text.split_once('@').ok_or("such as 12.5@2026-01-15")?;
    Ok((percent.trim_end_matches('%').trim().parse()?, date(on)?))
}

fn notice(text: &str) -> Result<NoticeText, String> {
    let mut words = text.split(':');
    let sent = date(words.next().unwrap_or_default())?;
    let mut notice = NoticeText { sent, kind: NoticeKind::Reminder, fee_agreed: false, cost: None };
    for word in words {
        match word {
            "fee-agreed" => notice.fee_agreed = true,
            _ => match word.strip_prefix("cost=") {
                Some(cost) => notice.cost = Some(cost.to_owned()),
                None => notice.kind = one_of(word, &KINDS, NoticeKind::as_str)?,
            },
        }
    }
    Ok(notice)
}

const KINDS: [NoticeKind; 4] =
    [NoticeKind::Reminder, NoticeKind::CollectionDemand, NoticeKind::AgencyReferral, NoticeKind::PaymentPlan];

fn debtor(text: &str) -> Result<PartyKind, String> {
    use PartyKind::{Business, Consumer, PublicAuthority, SoleTrader, Unknown};
    one_of(text, &[Business, Consumer, SoleTrader, PublicAuthority, Unknown], PartyKind::as_str)
}

fn actor(text: &str) -> Result<ActorRole, String> {
    use ActorRole::{DebtBuyer, FirstPartyCreditor, LawFirm, ThirdPartyAgency};
    one_of(text, &[FirstPartyCreditor, ThirdPartyAgency, DebtBuyer, LawFirm], ActorRole::as_str)
}

fn order(text: &str) -> Result<Order, String> {
    one_of(text, &[Order::Legal, Order::PrincipalFirst], |order| match order {
        Order::Legal => "legal",
        Order::PrincipalFirst => "principal-first",
    })
}

fn one_of<T: Copy>(text: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|one| name(*one) == text).ok_or_else(|| {
        let allowed: Vec<_> = all.iter().map(|one| format!("`{}`", name(*one))).collect();
        format!("`{text}` is not known; allowed: {}", allowed.join(", "))
    })
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is no day, such as 2026-06-15"))
}
