//! What the world reports in a story, role by role.

mod agency;
mod desk;

use jiff::civil::Date;

use super::agreed::Agrees;
pub(super) use super::debtor::{Trait, debtor};
use super::text::{Read, Words};
use super::upfront::{self, Tells};
use super::work::Works;
use crate::assignment::PolicyRef;
use crate::id::{InvoiceNumber, LevelId};
use crate::in_flight::InFlight;
use crate::invoice::Discount;
use crate::money::Money;
use crate::protection::ProtectionKind;
use crate::report::Tracking;

#[derive(Clone, Debug)]
pub(super) struct DecidesLevel {
    pub who: String,
    pub name: String,
    pub level: LevelId,
    /// None: agreed to; otherwise why not.
    pub declined: Option<String>,
}

/// One report, as told.
#[derive(Clone, Debug)]
pub(super) enum Says {
    DayTurns,
    /// History is read in from now on, or no longer.
    Backfill(bool),
    Invoice {
        number: InvoiceNumber,
        amount: Money,
        to: String,
        due_on: Date,
        issued_on: Date,
        quoting: Vec<String>,
        discounts: Vec<Discount>,
        products: Vec<String>,
    },
    Restated {
        number: InvoiceNumber,
        open: Money,
    },
    /// A full listing does not have it a second time, or has it again.
    Listed {
        number: InvoiceNumber,
        missing: bool,
    },
    Memo {
        number: InvoiceNumber,
        amount: Money,
        to: String,
        invoices: Vec<InvoiceNumber>,
    },
    Debtor {
        name: String,
        traits: Vec<Trait>,
    },
    Paid(Paid),
    Announced(Paid),
    Reversed {
        amount: Money,
        by: String,
    },
    /// None: up to the day itself, every day.
    StatementsUntil(Option<Date>),
    Promises {
        name: String,
        amount: Money,
        due_on: Date,
        invoices: Vec<InvoiceNumber>,
    },
    Disputes {
        name: String,
        invoice: InvoiceNumber,
        amount: Option<Money>,
        reason: String,
    },
    Stops {
        name: String,
        medium: String,
    },
    CallEnded {
        name: String,
        disposition: String,
    },
    Acknowledged {
        name: String,
        status: &'static str,
        reference: String,
        reason: String,
    },
    Collected {
        name: String,
        gross: Money,
        commission: Option<Money>,
        transaction: Option<String>,
        remitting: String,
    },
    CollectionReversed {
        name: String,
        transaction: String,
    },
    Returned {
        name: String,
        reason: String,
    },
    Tracked {
        name: String,
        medium: String,
        status: Tracking,
    },
    Blocks {
        name: String,
        until: Option<Date>,
        reason: String,
    },
    Unblocks {
        name: String,
        reason: String,
    },
    Protects {
        name: String,
        kind: ProtectionKind,
        until: Option<Date>,
        text: String,
    },
    Unprotects {
        name: String,
        kind: ProtectionKind,
        reason: String,
    },
    /// A law firm has a mandate from now on; none: it has ended.
    Mandates {
        name: String,
        firm: Option<String>,
    },
    LiftsStop {
        name: String,
        medium: String,
        reason: String,
    },
    Resolves {
        invoice: InvoiceNumber,
        outcome: String,
    },
    Knows {
        name: String,
        head: String,
        happened: bool,
    },
    Assigns {
        name: String,
        amount: Money,
        to: InvoiceNumber,
    },
    Upfront(Tells),
    /// A person agrees to an effect that waits for people.
    Approves {
        who: String,
        what: String,
    },
    /// A person agrees to a level that waits for people, or declines it.
    DecidesLevel(DecidesLevel),
    /// Another version becomes the current one.
    Publishes {
        policy: PolicyRef,
        how: InFlight,
    },
    /// What a person agrees with the debtor.
    Agrees(Agrees),
    /// What a person does, or asks others to do.
    Works(Works),
}

#[derive(Clone, Debug)]
pub(super) struct Paid {
    /// None: somebody.
    pub name: Option<String>,
    pub amount: Money,
    pub text: String,
    pub references: Vec<String>,
    pub from: Option<String>,
}

pub(super) fn read(line: &str) -> Read<Says> {
    let mut words = Words::new(line);
    if words.takes("day turns") {
        words.ends()?;
        return Ok(Says::DayTurns);
    }
    if words.takes("backfill") {
        let begins = words.takes("begins");
        if !begins {
            words.needs("ends")?;
        }
        words.ends()?;
        return Ok(Says::Backfill(begins));
    }
    let said = match words.word("`day turns`, `backfill begins`, or who reports")? {
        "accounting:" => accounting(&mut words)?,
        "gateway:" => gateway(&mut words)?,
        "dialer:" => dialer(&mut words)?,
        "agency:" => agency::read(&mut words)?,
        "messenger:" => messenger(&mut words)?,
        "desk:" => desk::read(&mut words)?,
        "bureau:" => Says::Upfront(upfront::bureau(&mut words)?),
        "coverage:" => Says::Upfront(upfront::coverage(&mut words)?),
        "notifier:" => Says::Upfront(upfront::notifier(&mut words)?),
        other => {
            return Err(format!(
                "`{other}` is nobody who reports\n\nhint: `day turns`, `backfill begins`, `accounting:`, `gateway:`, `dialer:`, `agency:`, \
                 `messenger:`, `bureau:`, `coverage:`, `notifier:` or `desk:`"
            ));
        }
    };
    words.ends()?;
    Ok(said)
}

fn accounting(words: &mut Words<'_>) -> Read<Says> {
    if let Some(tells) = upfront::accounting(words)? {
        return Ok(Says::Upfront(tells));
    }
    if words.takes("credit memo") {
        let number = words.number()?;
        words.needs("of")?;
        let amount = words.money()?;
        words.needs("to")?;
        let to = words.name()?;
        let invoices = if words.takes("for") { words.numbers()? } else { Vec::new() };
        return Ok(Says::Memo { number, amount, to, invoices });
    }
    if words.takes("debtor") {
        let (name, traits) = debtor(words)?;
        return Ok(Says::Debtor { name, traits });
    }
    words.needs("invoice")?;
    let number = words.number()?;
    if words.takes("restated to") {
        return Ok(Says::Restated { number, open: words.money()? });
    }
    if words.takes("is missing") {
        return Ok(Says::Listed { number, missing: true });
    }
    if words.takes("is found") {
        return Ok(Says::Listed { number, missing: false });
    }
    words.needs("of")?;
    let amount = words.money()?;
    words.needs("to")?;
    let to = words.name()?;
    words.needs("due")?;
    let due_on = words.date()?;
    let issued_on = if words.takes("issued") { words.date()? } else { crate::invoice::plus_days(due_on, -30) };
    let quoting = if words.takes("quoting") { vec![words.quoted()?] } else { Vec::new() };
    let mut products = Vec::new();
    while words.takes("selling") {
        products.push(words.word("a product")?.to_owned());
    }
    let mut discounts = Vec::new();
    while words.takes("discount") {
        let percent = words.word("a share in percent")?.to_owned();
        words.needs("percent until")?;
        discounts.push(Discount { percent, until: words.date()? });
    }
    Ok(Says::Invoice { number, amount, to, due_on, issued_on, quoting, discounts, products })
}

fn gateway(words: &mut Words<'_>) -> Read<Says> {
    if words.takes("statements known until") {
        let until = if words.takes("today") { None } else { Some(words.date()?) };
        return Ok(Says::StatementsUntil(until));
    }
    if words.takes("payment of") {
        let amount = words.money()?;
        words.needs("by")?;
        let by = words.name()?;
        words.needs("reversed")?;
        return Ok(Says::Reversed { amount, by });
    }
    let name = if words.takes("somebody") { None } else { Some(words.name()?) };
    let announced = words.takes("announced");
    if !announced {
        words.needs("paid")?;
    }
    let mut paid = Paid { name, amount: words.money()?, text: String::new(), references: Vec::new(), from: None };
    loop {
        if words.takes("for") {
            let numbers: Vec<String> = words.numbers()?.iter().map(ToString::to_string).collect();
            paid.text = numbers.join(", ");
        } else if words.takes("saying") {
            paid.text = words.quoted()?;
        } else if words.takes("quoting") {
            paid.references.push(words.quoted()?);
        } else if words.takes("from") {
            paid.from = Some(words.word("a bank account")?.to_owned());
        } else {
            return Ok(if announced { Says::Announced(paid) } else { Says::Paid(paid) });
        }
    }
}

fn dialer(words: &mut Words<'_>) -> Read<Says> {
    if words.takes("call to") {
        let name = words.name()?;
        words.needs("ended")?;
        return Ok(Says::CallEnded { name, disposition: words.word("a disposition")?.to_owned() });
    }
    let name = words.name()?;
    if words.takes("promises") {
        let amount = words.money()?;
        words.needs("by")?;
        let due_on = words.date()?;
        let invoices = if words.takes("for") { words.numbers()? } else { Vec::new() };
        return Ok(Says::Promises { name, amount, due_on, invoices });
    }
    if words.takes("asks not to be contacted") {
        return Ok(Says::Stops { name, medium: medium(words)? });
    }
    words.needs("disputes")?;
    disputes(words, name)
}

/// `by call`; all media when none is named.
fn medium(words: &mut Words<'_>) -> Read<String> {
    let medium = if words.takes("by") { words.word("a medium")? } else { "all" };
    if !["call", "email", "letter", "sms", "all"].contains(&medium) {
        return Err(format!("`{medium}` is not call, email, letter or sms"));
    }
    Ok(medium.to_owned())
}

fn disputes(words: &mut Words<'_>, name: String) -> Read<Says> {
    let invoice = words.number()?;
    let amount = if words.takes("of") { Some(words.money()?) } else { None };
    Ok(Says::Disputes { name, invoice, amount, reason: because(words, "other") })
}

fn messenger(words: &mut Words<'_>) -> Read<Says> {
    let medium = words.word("email or letter")?.to_owned();
    words.needs("to")?;
    let name = words.name()?;
    let status = match words.word("bounced, delivered, opened or replied")? {
        "bounced" => Tracking::Bounced,
        "delivered" => Tracking::Delivered,
        "opened" => Tracking::Opened,
        "replied" => Tracking::Replied,
        other => return Err(format!("`{other}` is not bounced, delivered, opened or replied")),
    };
    Ok(Says::Tracked { name, medium, status })
}

pub(super) fn because(words: &mut Words<'_>, otherwise: &str) -> String {
    if words.takes("because") { words.rest().to_owned() } else { otherwise.to_owned() }
}
