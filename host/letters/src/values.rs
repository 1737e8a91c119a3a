//! The facts as a template sees them: every amount and day already written the way of the language.

use escalation::{Money, Party};
use serde::Serialize;

use crate::error::LetterError;
use crate::facts::{ChargeKind, Facts, MovementKind, TooLarge, sums};
use crate::notation::{amount, amounts, day, iban, percent};
use crate::words::Words;

/// What a template may use; config/letters/README.md lists it.
#[derive(Serialize)]
pub(crate) struct Values {
    pub creditor: Sender,
    /// Who writes: the firm with a mandate, else the creditor.
    pub sender: Sender,
    pub debtor: Debtor,
    pub items: Vec<Item>,
    pub charges: Vec<Charge>,
    pub principal: String,
    pub total: String,
    pub deadline: Option<String>,
    pub today: String,
    pub reference: String,
    pub mandate: Option<Mandate>,
    pub terms: Option<Terms>,
    pub plan: Vec<Instalment>,
    pub plan_total: String,
    pub movements: Vec<Movement>,
    pub balance: String,
    pub history: Vec<Contact>,
}

#[derive(Serialize)]
pub(crate) struct Sender {
    pub name: String,
    pub address: Vec<String>,
    pub country: String,
    pub email: String,
    pub phone: String,
    /// The e-mail address, or else the phone number.
    pub contact: String,
    pub vat_id: String,
    pub registration: String,
    pub iban: String,
    pub bic: String,
}

#[derive(Serialize)]
pub(crate) struct Debtor {
    pub id: String,
    pub name: String,
    pub address: Vec<String>,
    pub country: String,
    pub kind: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Item {
    pub invoice: String,
    pub issued_on: String,
    pub due_on: String,
    pub original: String,
    pub open: String,
    pub days_past_due: i32,
}

/// A charge; of `rate`, `principal`, `from`, `to` and `name` it has those of its kind.
#[derive(Serialize)]
pub(crate) struct Charge {
    pub kind: &'static str,
    pub amount: String,
    pub law: String,
    pub name: String,
    pub rate: String,
    pub principal: String,
    pub from: String,
    pub to: String,
}

#[derive(Serialize)]
pub(crate) struct Mandate {
    pub firm: String,
    pub file: String,
    pub given_on: String,
}

#[derive(Serialize)]
pub(crate) struct Terms {
    pub agreed_on: String,
    pub net_days: u16,
}

#[derive(Serialize)]
pub(crate) struct Instalment {
    pub number: usize,
    pub due_on: String,
    pub amount: String,
}

#[derive(Serialize)]
pub(crate) struct Movement {
    pub on: String,
    pub entry: String,
    pub amount: String,
    /// After this movement, in its own currency.
    pub balance: String,
}

#[derive(Serialize)]
pub(crate) struct Contact {
    pub on: String,
    pub how: String,
    pub about: String,
}

impl Values {
    pub fn of(facts: &Facts, words: &Words, language: &str) -> Result<Self, LetterError> {
        let large = |_: TooLarge| LetterError::Fill {
            template: String::new(),
            why: "a sum is larger than an amount can be kept".to_owned(),
        };
        let creditor = sender(&facts.creditor.party, facts);
        Ok(Self {
            sender: match &facts.mandate {
                // Register and bank are the creditor's: they do not stand under the firm's name.
                Some(mandate) => Sender {
                    registration: String::new(),
                    iban: String::new(),
                    bic: String::new(),
                    ..sender(&mandate.firm, facts)
                },
                None => sender(&facts.creditor.party, facts),
            },
            creditor,
            debtor: Debtor {
                id: clean(&facts.account),
                name: clean(&facts.debtor.name),
                address: facts.debtor.address.iter().map(|line| clean(line)).collect(),
                country: clean(&facts.debtor.country),
                kind: facts.debtor.kind.as_str(),
            },
            items: items(facts, language),
            charges: charges(facts, words, language),
            principal: amounts(&facts.principal().map_err(large)?, language),
            total: amounts(&facts.total().map_err(large)?, language),
            deadline: facts.deadline.map(|deadline| day(deadline, language)),
            today: day(facts.today, language),
            reference: clean(&facts.reference.to_string()),
            mandate: facts.mandate.as_ref().map(|mandate| Mandate {
                firm: clean(&mandate.firm.name),
                file: clean(&mandate.file),
                given_on: day(mandate.given_on, language),
            }),
            terms: facts
                .terms
                .as_ref()
                .map(|terms| Terms { agreed_on: day(terms.agreed_on, language), net_days: terms.net_days }),
            plan: plan(facts, language),
            plan_total: amounts(&sums(facts.plan.iter().map(|part| part.amount)).map_err(large)?, language),
            movements: movements(facts, words, language).map_err(large)?,
            balance: amounts(&sums(facts.movements.iter().map(|line| line.amount)).map_err(large)?, language),
            history: facts
                .history
                .iter()
                .map(|contact| Contact {
                    on: day(contact.on, language),
                    how: clean(words.medium(&contact.medium)),
                    about: clean(&words.level(&contact.level)),
                })
                .collect(),
        })
    }

    /// Every word that came from outside, so that the tone of a letter is judged without them.
    pub fn outside(&self) -> Vec<&str> {
        let mut words: Vec<&str> = Vec::new();
        for who in [&self.creditor, &self.sender] {
            words.extend([&who.name, &who.email, &who.phone, &who.registration].map(String::as_str));
            words.extend(who.address.iter().map(String::as_str));
        }
        words.extend([&self.debtor.id, &self.debtor.name, &self.reference].map(String::as_str));
        words.extend(self.debtor.address.iter().map(String::as_str));
        words.extend(self.items.iter().map(|item| item.invoice.as_str()));
        words.extend(self.charges.iter().flat_map(|charge| [charge.law.as_str(), charge.name.as_str()]));
        words.extend(self.movements.iter().map(|line| line.entry.as_str()));
        words.extend(self.history.iter().map(|contact| contact.about.as_str()));
        words.extend(self.mandate.iter().flat_map(|mandate| [mandate.firm.as_str(), mandate.file.as_str()]));
        // The longest first: a part of a name must not hide the rest of it.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.retain(|word| !word.is_empty());
        words
    }
}

/// One line of plain text: no breaks, no signs that steer a printer, mark a block or turn the order of letters around.
pub(crate) fn clean(text: &str) -> String {
    let kept = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign });
    kept.filter(|sign| !is_mark(*sign)).collect::<String>().trim().to_owned()
}

/// Private signs, which mark blocks here, and the invisible ones that set the direction of writing: with them a name could be
/// read as another one.
fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{e000}'..='\u{f8ff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn sender(party: &Party, facts: &Facts) -> Sender {
    let email = clean(party.email.as_deref().unwrap_or_default());
    let phone = clean(party.phone.as_deref().unwrap_or_default());
    Sender {
        name: clean(&party.name),
        address: party.address.iter().map(|line| clean(line)).collect(),
        country: clean(&party.country),
        contact: if email.is_empty() { phone.clone() } else { email.clone() },
        email,
        phone,
        vat_id: clean(party.vat_id.as_deref().unwrap_or_default()),
        registration: clean(&facts.creditor.registration),
        iban: iban(&clean(&facts.creditor.iban)),
        bic: clean(&facts.creditor.bic),
    }
}

fn items(facts: &Facts, language: &str) -> Vec<Item> {
    let item = |item: &crate::facts::Item| Item {
        invoice: clean(item.invoice.as_str()),
        issued_on: day(item.issued_on, language),
        due_on: day(item.due_on, language),
        original: amount(item.original, language),
        open: amount(item.open, language),
        days_past_due: item.days_past_due,
    };
    facts.items.iter().map(item).collect()
}

fn charges(facts: &Facts, words: &Words, language: &str) -> Vec<Charge> {
    let charge = |charge: &crate::facts::Charge| {
        let plain = Charge {
            kind: "compensation",
            amount: amount(charge.amount, language),
            law: clean(&charge.law),
            name: String::new(),
            rate: String::new(),
            principal: String::new(),
            from: String::new(),
            to: String::new(),
        };
        match &charge.what {
            ChargeKind::Compensation => plain,
            ChargeKind::Fee { name } => {
                let name = name.as_deref().unwrap_or(&words.reminder_fee);
                Charge { kind: "fee", name: clean(name), ..plain }
            }
            ChargeKind::Interest { principal, rate, from, to } => Charge {
                kind: "interest",
                rate: percent(*rate, language),
                principal: amount(*principal, language),
                from: day(*from, language),
                to: day(*to, language),
                ..plain
            },
        }
    };
    facts.charges.iter().map(charge).collect()
}

fn plan(facts: &Facts, language: &str) -> Vec<Instalment> {
    let part = |(place, part): (usize, &crate::facts::Instalment)| Instalment {
        number: place + 1,
        due_on: day(part.due_on, language),
        amount: amount(part.amount, language),
    };
    facts.plan.iter().enumerate().map(part).collect()
}

fn movements(facts: &Facts, words: &Words, language: &str) -> Result<Vec<Movement>, TooLarge> {
    let mut balances = std::collections::BTreeMap::new();
    let mut lines = Vec::new();
    for movement in &facts.movements {
        let balance = balances.entry(movement.amount.currency).or_insert(0_i128);
        *balance += i128::from(movement.amount.minor);
        let minor = i64::try_from(*balance).map_err(|_| TooLarge)?;
        let entry = match &movement.what {
            MovementKind::Invoice(number) => format!("{} {number}", words.invoice),
            MovementKind::Payment => words.movement_payment.clone(),
            MovementKind::Credit => words.movement_credit.clone(),
            MovementKind::Other => words.movement_other.clone(),
        };
        lines.push(Movement {
            on: day(movement.on, language),
            entry: clean(&entry),
            amount: amount(movement.amount, language),
            balance: amount(Money { minor, currency: movement.amount.currency }, language),
        });
    }
    Ok(lines)
}
