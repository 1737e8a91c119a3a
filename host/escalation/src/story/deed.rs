//! What is done, as a story writes it: `send final-demand to ACME by letter for INV-7`.

use jiff::civil::Date;

use super::Book;
use super::text::{Read, Words};
use crate::effect::{Action, Effect};
use crate::id::InvoiceNumber;
use crate::money::Money;
use crate::policy::{Anchor, LevelAction};

/// An effect as a story tells it: a head, and clauses that may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Deed {
    pub head: String,
    pub by: Option<String>,
    /// The connection of an agency.
    pub with: Option<String>,
    pub amount: Option<Money>,
    pub invoices: Option<Vec<InvoiceNumber>>,
    pub until: Option<Date>,
    pub tone: Option<String>,
}

impl Deed {
    /// All that is told of it agrees.
    pub fn covers(&self, seen: &Deed) -> bool {
        self.head == seen.head
            && (self.by.is_none() || self.by == seen.by)
            && (self.with.is_none() || self.with == seen.with)
            && (self.amount.is_none() || self.amount == seen.amount)
            && (self.invoices.is_none() || self.invoices == seen.invoices)
            && (self.until.is_none() || self.until == seen.until)
            && (self.tone.is_none() || self.tone == seen.tone)
    }

    /// The effect in the words of a story.
    pub fn of(name: &str, effect: &Effect) -> Self {
        let invoices = effect.action.invoices().into_iter().cloned().collect::<Vec<_>>();
        let mut deed = Deed { invoices: (!invoices.is_empty()).then_some(invoices), ..Deed::default() };
        deed.head = match &effect.action {
            Action::SendNotice(notice) => {
                deed.by = Some(notice.channel.as_str().to_owned());
                deed.until = notice.deadline;
                deed.tone = Some(notice.tone.as_str().to_owned());
                format!("send {} to {name}", notice.level)
            }
            Action::TellColleague { to, .. } => format!("tell {to} about {name}"),
            Action::QueueCall(_) => format!("queue call to {name}"),
            Action::WithdrawCall { .. } => format!("withdraw call to {name}"),
            Action::WithdrawMessage { .. } => format!("withdraw message to {name}"),
            Action::HoldCredit { .. } => format!("hold credit of {name}"),
            Action::ReleaseCredit { .. } => format!("release credit of {name}"),
            Action::PlaceWithAgency { agency, total, .. } => {
                (deed.amount, deed.with) = (Some(*total), agency.clone());
                format!("place {name} with agency")
            }
            Action::ReportDirectPayment { agency, amount, .. } => {
                (deed.amount, deed.with) = (Some(*amount), agency.clone());
                format!("report direct payment of {name}")
            }
            Action::RecallPlacement { agency, .. } => {
                deed.with = agency.clone();
                format!("recall {name} from agency")
            }
            Action::PostCashApplication { invoice, amount, .. } => {
                deed.amount = Some(*amount);
                deed.invoices = None;
                format!("post cash application {invoice}")
            }
            Action::AlertColleague { to, .. } => format!("alert {to} about {name}"),
            Action::OrderCreditReport { amount, .. } => {
                deed.amount = Some(*amount);
                format!("order credit report on {name}")
            }
            Action::EnquireCover { engagement, .. } => {
                deed.invoices = Some(vec![InvoiceNumber::new(engagement.as_str())]);
                format!("enquire cover of {name}")
            }
            Action::AskPrepayment { engagement, channel, amount, until } => {
                (deed.by, deed.until) = (Some(channel.as_str().to_owned()), Some(*until));
                deed.amount = Some(*amount);
                deed.invoices = Some(vec![InvoiceNumber::new(engagement.as_str())]);
                format!("ask prepayment of {name}")
            }
            Action::WriteOff(booking) => {
                (deed.amount, deed.invoices) = (Some(booking.amount), None);
                format!("write off {} as {}", booking.invoice, booking.kind.as_str())
            }
            Action::ReverseWriteOff(booking) => {
                (deed.amount, deed.invoices) = (Some(booking.amount), None);
                format!("reverse write-off {} as {}", booking.invoice, booking.kind.as_str())
            }
            Action::IssueCreditMemo(order) => {
                (deed.amount, deed.invoices) = (Some(order.amount), None);
                format!("order credit memo {}", order.invoice)
            }
        };
        deed
    }
}

impl std::fmt::Display for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.head)?;
        if let Some(amount) = &self.amount {
            write!(f, " {amount}")?;
        }
        if let Some(by) = &self.by {
            write!(f, " by {by}")?;
        }
        if let Some(with) = &self.with {
            write!(f, " at {with}")?;
        }
        if let Some(invoices) = &self.invoices {
            let invoices: Vec<&str> = invoices.iter().map(InvoiceNumber::as_str).collect();
            write!(f, " for {}", invoices.join(", "))?;
        }
        if let Some(until) = &self.until {
            write!(f, " until {until}")?;
        }
        if let Some(tone) = &self.tone {
            write!(f, " tone {tone}")?;
        }
        Ok(())
    }
}

pub(super) fn read(words: &mut Words<'_>, book: Book<'_>) -> Read<Deed> {
    let mut deed = Deed { head: head(words, book)?, ..Deed::default() };
    if words.peek().starts_with(|first: char| first.is_ascii_digit()) {
        deed.amount = Some(words.money()?);
    }
    loop {
        if words.takes("by") {
            deed.by = Some(words.word("a channel")?.to_owned());
        } else if words.takes("at") {
            deed.with = Some(words.word("an agency")?.to_owned());
        } else if words.takes("for") {
            deed.invoices = Some(words.numbers()?);
        } else if words.takes("until") {
            deed.until = Some(words.date()?);
        } else if words.takes("tone") {
            deed.tone = Some(words.word("a tone")?.to_owned());
        } else {
            return Ok(deed);
        }
    }
}

pub(super) fn head(words: &mut Words<'_>, book: Book<'_>) -> Read<String> {
    match words.word("what is done")? {
        "send" => {
            let level = level(words, book)?;
            words.needs("to")?;
            Ok(format!("send {level} to {}", words.name()?))
        }
        told @ ("tell" | "alert") => {
            let to = words.word("whom to tell")?;
            words.needs("about")?;
            Ok(format!("{told} {to} about {}", words.name()?))
        }
        "place" => {
            let name = words.name()?;
            words.needs("with agency")?;
            Ok(format!("place {name} with agency"))
        }
        "recall" => {
            let name = words.name()?;
            words.needs("from agency")?;
            Ok(format!("recall {name} from agency"))
        }
        "write" => {
            words.needs("off")?;
            Ok(format!("write off {}", booking(words)?))
        }
        "reverse" => {
            words.needs("write-off")?;
            Ok(format!("reverse write-off {}", booking(words)?))
        }
        "order" if words.takes("credit memo") => Ok(format!("order credit memo {}", words.number()?)),
        "post" => {
            words.needs("cash application")?;
            Ok(format!("post cash application {}", words.number()?))
        }
        word => {
            let heads = [
                ("queue", "call to"),
                ("withdraw", "call to"),
                ("hold", "credit of"),
                ("release", "credit of"),
                ("report", "direct payment of"),
                ("order", "credit report on"),
                ("enquire", "cover of"),
                ("ask", "prepayment of"),
            ];
            let Some((_, needs)) = heads.iter().find(|(first, _)| *first == word) else {
                return Err(format!(
                    "`{word}` is nothing that is done\n\nhint: send, queue, withdraw, tell, hold, release, place, recall, report, post, write, reverse, alert, order, enquire or ask"
                ));
            };
            words.needs(needs)?;
            Ok(format!("{word} {needs} {}", words.name()?))
        }
    }
}

/// `INV-7 as discount`
fn booking(words: &mut Words<'_>) -> Read<String> {
    let number = words.number()?;
    words.needs("as")?;
    let kind = words.word("discount, small-rest, settlement or write-off")?;
    if ["discount", "small-rest", "settlement", "write-off"].contains(&kind) {
        return Ok(format!("{number} as {kind}"));
    }
    Err(format!("`{kind}` is not discount, small-rest, settlement or write-off"))
}

/// A level by its id, or `dunning notice level 2`: the second notice after the due date.
pub(super) fn level(words: &mut Words<'_>, book: Book<'_>) -> Read<String> {
    if words.takes("dunning notice level") {
        let word = words.word("a level")?;
        let nth: usize = word.parse().map_err(|_| format!("`{word}` is not a number"))?;
        let notices = book
            .policy
            .levels
            .iter()
            .filter(|level| level.action == LevelAction::Notice && level.after == Anchor::Due && level.days > 0);
        let level = nth.checked_sub(1).and_then(|skip| notices.clone().nth(skip));
        return level
            .map(|level| level.id.to_string())
            .ok_or_else(|| format!("the policy has {} dunning notices, no number {nth}", notices.count()));
    }
    let id = words.word("a level")?;
    let mut known: Vec<&str> = Vec::new();
    for level in book.all().flat_map(|policy| policy.all_levels()) {
        if !known.contains(&level.id.as_str()) {
            known.push(level.id.as_str());
        }
    }
    if known.contains(&id) {
        Ok(id.to_owned())
    } else {
        Err(format!("`{id}` is no level of the policy\n\nhint: {}", known.join(", ")))
    }
}
