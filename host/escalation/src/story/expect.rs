//! What a story expects, and whether it came about.

use super::Book;
use super::agreed;
use super::deed::{self, Deed};
use super::text::{Read, Words};
use super::upfront;
use super::work::{self, Standing};
use crate::money::Money;

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
    /// `ACME owes 12.30 EUR in charges`
    Charges {
        name: String,
        amount: Option<Money>,
    },
    Commission {
        name: String,
        amount: Money,
    },
    /// What credit reports cost.
    Costs {
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
    Stands(Standing),
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
        return Ok(What::Cancelled(deed::read(words, book)?));
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
        let level = deed::level(words, book)?;
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
    if words.takes("overdue dispute of") {
        return Ok(What::Stands(Standing::Overdue { invoice: words.number()? }));
    }
    if let Some(fact) = fact(words)? {
        return Ok(What::Fact(fact));
    }
    if words.takes("agency is owed") {
        let amount = words.money()?;
        words.needs("for")?;
        return Ok(What::Owed { name: words.name()?, amount });
    }
    let deeds = [
        "write", "reverse", "order", "send", "queue", "withdraw", "tell", "hold", "release", "place", "recall",
        "report", "post", "alert", "enquire", "ask",
    ];
    if deeds.contains(&words.peek()) {
        return Ok(What::Effect(deed::read(words, book)?));
    }
    state(words)
}

/// `ACME owes 200.00 EUR`, `ACME has nothing unapplied`
fn state(words: &mut Words<'_>) -> Read<What> {
    let unknown =
        format!("`{}` is nothing that can be expected\n\nhint: see tests/scenarios/README.md", words.clone().rest());
    let name = words.name().map_err(|_| unknown.clone())?;
    if words.takes("cost") {
        let amount = words.money()?;
        words.needs("in credit reports")?;
        return Ok(What::Costs { name, amount });
    }
    if words.takes("is in segment") {
        return Ok(What::Segment { name, segment: words.word("a segment")?.to_owned() });
    }
    if words.takes("is under") {
        return Ok(What::Under { name, policy: words.rest().trim().to_owned() });
    }
    if let Some(standing) = work::standing(&name, words)? {
        return Ok(What::Stands(standing));
    }
    if words.takes("pays in advance") {
        return Ok(What::PaysInAdvance(name));
    }
    let owes = words.takes("owes");
    if !owes && !words.takes("has") {
        return Err(unknown);
    }
    let amount = if words.takes("nothing") { None } else { Some(words.money()?) };
    if owes && words.takes("in charges") {
        return Ok(What::Charges { name, amount });
    }
    if owes {
        return Ok(What::Owes { name, amount });
    }
    match words.word("`unapplied` or `credit`")? {
        "unapplied" => Ok(What::Unapplied { name, amount }),
        "credit" => Ok(What::Credit { name, amount }),
        other => Err(format!("`{other}` is not unapplied or credit")),
    }
}

/// A fact of the decision, by what it is about.
fn fact(words: &mut Words<'_>) -> Read<Option<String>> {
    for read in [upfront::expected, agreed::expected, work::expected] {
        if let Some(fact) = read(words)? {
            return Ok(Some(fact));
        }
    }
    Ok(None)
}
