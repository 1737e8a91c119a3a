//! What a story expects, and whether it came about.

use jiff::civil::Date;

use super::Book;
use super::agreed;
use super::text::{Read, Words};
use crate::effect::{Action, Effect};
use crate::id::InvoiceNumber;
use crate::money::Money;
use crate::policy::{Anchor, LevelAction};

/// A line that begins with `>`.
#[derive(Clone, Debug)]
pub(super) struct Expectation {
    pub line: usize,
    pub text: String,
    /// `not:`
    pub never: bool,
    pub what: What,
    pub because: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    /// No effect, for this debtor or for any.
    Nothing(Option<String>),
    Effect(Deed),
    Cancelled(Deed),
    /// Something decided: `promise of ACME broken`, `pass call for INV-7`, `payment of 10.00 EUR unidentified`.
    Fact(String),
    Owes {
        name: String,
        amount: Option<Money>,
    },
    Unapplied {
        name: String,
        amount: Option<Money>,
    },
    Credit {
        name: String,
        amount: Option<Money>,
    },
    Commission {
        name: String,
        amount: Money,
    },
    /// `ACME is in segment key-accounts`
    Segment {
        name: String,
        segment: String,
    },
    /// `ACME is under standard 1`: the version that it keeps while its ladder runs.
    Under {
        name: String,
        policy: String,
    },
    /// The agency's share by the exact sum, direct payments included, less what it kept.
    Owed {
        name: String,
        amount: Money,
    },
    PaysInAdvance(String),
}

/// An effect as a story tells it: a head, and clauses that may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Deed {
    pub head: String,
    pub by: Option<String>,
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
            Action::PlaceWithAgency { total, .. } => {
                deed.amount = Some(*total);
                format!("place {name} with agency")
            }
            Action::ReportDirectPayment { amount, .. } => {
                deed.amount = Some(*amount);
                format!("report direct payment of {name}")
            }
            Action::RecallPlacement { .. } => format!("recall {name} from agency"),
            Action::PostCashApplication { invoice, amount, .. } => {
                deed.amount = Some(*amount);
                deed.invoices = None;
                format!("post cash application {invoice}")
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

pub(super) fn read(line: usize, text: &str, book: Book<'_>) -> Read<Expectation> {
    let told = text.trim();
    let (never, rest) = match told.strip_prefix("not:") {
        Some(rest) => (true, rest.trim()),
        None => (false, told),
    };
    let padded = format!("{rest} ");
    let (what, because) = match padded.split_once(" because ") {
        Some((what, because)) => (what.to_owned(), Some(because.trim().to_owned())),
        None => (rest.to_owned(), None),
    };
    let mut words = Words::new(&what);
    let what = read_what(&mut words, book)?;
    words.ends()?;
    Ok(Expectation { line, text: told.split_whitespace().collect::<Vec<_>>().join(" "), never, what, because })
}

fn read_what(words: &mut Words<'_>, book: Book<'_>) -> Read<What> {
    if words.takes("nothing") {
        let name = if words.takes("to") { Some(words.name()?) } else { None };
        return Ok(What::Nothing(name));
    }
    if words.takes("cancel") {
        return Ok(What::Cancelled(deed(words, book)?));
    }
    if words.takes("promise of") {
        let name = words.name()?;
        let end = words.rest();
        return match end {
            "kept" | "partly kept" | "broken" | "refused" => Ok(What::Fact(format!("promise of {name} {end}"))),
            _ => Err(format!("`{end}` is not kept, partly kept, broken or refused")),
        };
    }
    if words.takes("pass") {
        let level = level(words, book)?;
        words.needs("for")?;
        return Ok(What::Fact(format!("pass {level} for {}", words.number()?)));
    }
    if words.takes("payment of") {
        let amount = words.money()?;
        words.needs("unidentified")?;
        return Ok(What::Fact(format!("payment of {amount} unidentified")));
    }
    if words.takes("agency kept") {
        let amount = words.money()?;
        words.needs("of")?;
        return Ok(What::Commission { name: words.name()?, amount });
    }
    if let Some(fact) = agreed::expected(words)? {
        return Ok(What::Fact(fact));
    }
    if words.takes("agency is owed") {
        let amount = words.money()?;
        words.needs("for")?;
        return Ok(What::Owed { name: words.name()?, amount });
    }
    let deeds = [
        "write", "reverse", "order", "send", "queue", "withdraw", "tell", "hold", "release", "place", "recall",
        "report", "post",
    ];
    if deeds.contains(&words.peek()) {
        return Ok(What::Effect(deed(words, book)?));
    }
    state(words)
}

/// `ACME owes 200.00 EUR`, `ACME has nothing unapplied`
fn state(words: &mut Words<'_>) -> Read<What> {
    let unknown =
        format!("`{}` is nothing that can be expected\n\nhint: see tests/scenarios/README.md", words.clone().rest());
    let name = words.name().map_err(|_| unknown.clone())?;
    if words.takes("is in segment") {
        return Ok(What::Segment { name, segment: words.word("a segment")?.to_owned() });
    }
    if words.takes("is under") {
        return Ok(What::Under { name, policy: words.rest().trim().to_owned() });
    }
    if words.takes("pays in advance") {
        return Ok(What::PaysInAdvance(name));
    }
    let owes = words.takes("owes");
    if !owes && !words.takes("has") {
        return Err(unknown);
    }
    let amount = if words.takes("nothing") { None } else { Some(words.money()?) };
    if owes {
        return Ok(What::Owes { name, amount });
    }
    match words.word("`unapplied` or `credit`")? {
        "unapplied" => Ok(What::Unapplied { name, amount }),
        "credit" => Ok(What::Credit { name, amount }),
        other => Err(format!("`{other}` is not unapplied or credit")),
    }
}

pub(super) fn deed(words: &mut Words<'_>, book: Book<'_>) -> Read<Deed> {
    let mut deed = Deed { head: head(words, book)?, ..Deed::default() };
    if words.peek().starts_with(|first: char| first.is_ascii_digit()) {
        deed.amount = Some(words.money()?);
    }
    loop {
        if words.takes("by") {
            deed.by = Some(words.word("a channel")?.to_owned());
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
        "tell" => {
            let to = words.word("whom to tell")?;
            words.needs("about")?;
            Ok(format!("tell {to} about {}", words.name()?))
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
        "order" => {
            words.needs("credit memo")?;
            Ok(format!("order credit memo {}", words.number()?))
        }
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
            ];
            let Some((_, needs)) = heads.iter().find(|(first, _)| *first == word) else {
                return Err(format!(
                    "`{word}` is nothing that is done\n\nhint: send, queue, withdraw, tell, hold, release, place, recall, report, post, write, reverse or order"
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
fn level(words: &mut Words<'_>, book: Book<'_>) -> Read<String> {
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
