//! A letter's content, the same for text, HTML and paper: parts with every word written, and the sheet around them.

use serde::Serialize;

use crate::block::{Block, Place, Tag};
use crate::facts::Facts;
use crate::kind::Kind;
use crate::notation::capitals;
use crate::qr;
use crate::reference::Reference;
use crate::values::{Charge, Sender, Values};
use crate::words::Words;

/// A part of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "part", rename_all = "kebab-case")]
pub enum Part {
    Head { text: String },
    Heading { text: String },
    Paragraph { text: String, purpose: Option<&'static str> },
    Table(Table),
    Payment(Payment),
    Signature(Signature),
    SignHere { rows: Vec<String> },
}

/// A list with columns. `lines` say the same without columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    pub head: Vec<String>,
    /// Columns of amounts, which stand to the right.
    pub numbers: Vec<bool>,
    pub rows: Vec<Row>,
    pub sums: Vec<Sum>,
    pub lines: Vec<String>,
}

/// A row; a wide one has a text over all columns but the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub wide: bool,
    pub cells: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sum {
    pub label: String,
    pub amount: String,
    pub strong: bool,
}

/// How to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payment {
    pub title: String,
    pub rows: Vec<(String, String)>,
    /// The banking app's code as a drawing, and what is written under it.
    #[serde(skip)]
    pub qr: Option<String>,
    pub has_qr: bool,
    pub scan: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    pub closing: String,
    pub name: String,
    /// `on behalf of ...`, or empty.
    pub on_behalf: String,
    /// Address, phone and e-mail: where there is no footer.
    pub lines: Vec<String>,
    pub privacy: String,
}

/// What surrounds the parts on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sheet {
    pub name: String,
    pub tagline: String,
    /// The sender in one line, above the address: name, street, town.
    pub from: String,
    pub address: Vec<String>,
    pub info: Vec<(String, String)>,
    pub footer: Vec<Vec<String>>,
    pub page: String,
    pub date: (i16, i8, i8),
}

/// What parts are made with: the values, the language's words, and its lines, filled.
pub(crate) struct Parts<'a> {
    pub facts: &'a Facts,
    pub values: &'a Values,
    pub kind: Kind,
    pub words: &'a Words,
    pub language: &'a str,
    /// Fills a text of the language's words with a value.
    pub fill: &'a dyn Fn(&str, minijinja::Value) -> Result<String, minijinja::Error>,
}

impl Parts<'_> {
    pub fn of(&self, blocks: Vec<Block>) -> Result<Vec<Part>, minijinja::Error> {
        blocks.into_iter().map(|block| self.part(block)).collect()
    }

    fn part(&self, block: Block) -> Result<Part, minijinja::Error> {
        Ok(match block {
            Block::Paragraph { tag: Some(Tag::Heading), text } => Part::Heading { text },
            Block::Paragraph { tag, text } => Part::Paragraph { text, purpose: tag.map(Tag::as_str) },
            Block::Place(Place::Head) => {
                Part::Head { text: format!("{}, {}", self.values.debtor.name, self.values.today) }
            }
            Block::Place(Place::Items) => Part::Table(self.items()?),
            Block::Place(Place::Payment) => Part::Payment(self.payment()),
            Block::Place(Place::Plan) => Part::Table(self.plan()?),
            Block::Place(Place::Account) => Part::Table(self.account()?),
            Block::Place(Place::History) => Part::Table(self.history()?),
            Block::Place(Place::Signature) => Part::Signature(self.signature()?),
            Block::Place(Place::SignHere) => Part::SignHere {
                rows: [&self.values.sender.name, &self.values.debtor.name]
                    .map(|name| format!("{}: {name}", self.words.signature))
                    .to_vec(),
            },
        })
    }

    fn items(&self) -> Result<Table, minijinja::Error> {
        let words = self.words;
        let mut rows = Vec::new();
        let mut lines = Vec::new();
        for item in &self.values.items {
            rows.push(Row {
                wide: false,
                cells: [&item.invoice, &item.issued_on, &item.due_on, &item.original, &item.open]
                    .map(Clone::clone)
                    .to_vec(),
            });
            lines.push((self.fill)("item_line", minijinja::value::Serde(item).into())?);
        }
        for charge in &self.values.charges {
            let text = self.charge(charge)?;
            lines.push(format!("{text}: {}", charge.amount));
            rows.push(Row { wide: true, cells: vec![text, charge.amount.clone()] });
        }
        let mut sums = vec![Sum { label: words.total.clone(), amount: self.values.total.clone(), strong: true }];
        if !self.values.charges.is_empty() {
            let open = self.values.principal.clone();
            sums.insert(0, Sum { label: words.principal.clone(), amount: open, strong: false });
        }
        Ok(Table {
            head: [&words.invoice, &words.issued, &words.due, &words.original, &words.open].map(Clone::clone).to_vec(),
            numbers: vec![false, false, false, true, true],
            rows,
            sums,
            lines,
        })
    }

    fn charge(&self, charge: &Charge) -> Result<String, minijinja::Error> {
        let key = match charge.kind {
            "interest" => "interest_line",
            "fee" => "fee_line",
            _ => "compensation_line",
        };
        (self.fill)(key, minijinja::value::Serde(charge).into())
    }

    fn payment(&self) -> Payment {
        let (words, values) = (self.words, self.values);
        let label = match self.facts.reference {
            Reference::Fik { .. } => &words.slip,
            Reference::Ocr(_) => &words.ocr,
            _ => &words.reference,
        };
        // A plan has its own amounts and days: a code for the whole would ask for what was agreed to be paid in parts.
        let in_parts = self.kind == Kind::PaymentPlan;
        let mut rows = Vec::new();
        if !in_parts {
            rows.push((words.amount.clone(), values.total.clone()));
            rows.extend(values.deadline.iter().map(|deadline| (words.pay_by.clone(), deadline.clone())));
        }
        rows.push((words.pay_to.clone(), values.creditor.name.clone()));
        rows.push(("IBAN".to_owned(), values.creditor.iban.clone()));
        rows.push(("BIC".to_owned(), values.creditor.bic.clone()));
        rows.push((label.clone(), values.reference.clone()));
        rows.retain(|(_, value)| !value.is_empty());
        let creditor = &self.facts.creditor;
        let sums = if in_parts { Vec::new() } else { self.facts.total().unwrap_or_default() };
        let payload = qr::payload(&values.creditor.name, &creditor.iban, &creditor.bic, &sums, &self.facts.reference);
        let qr = payload.and_then(|payload| qr::svg(&payload));
        let title = capitals(&words.payment, self.language);
        Payment { title, rows, has_qr: qr.is_some(), qr, scan: words.scan.clone() }
    }

    fn plan(&self) -> Result<Table, minijinja::Error> {
        let words = self.words;
        let mut rows = Vec::new();
        let mut lines = Vec::new();
        for part in &self.values.plan {
            rows.push(Row {
                wide: false,
                cells: vec![part.number.to_string(), part.due_on.clone(), part.amount.clone()],
            });
            lines.push((self.fill)("instalment_line", minijinja::value::Serde(part).into())?);
        }
        Ok(Table {
            head: [&words.instalment, &words.due, &words.amount].map(Clone::clone).to_vec(),
            numbers: vec![false, false, true],
            rows,
            sums: vec![Sum { label: words.total.clone(), amount: self.values.plan_total.clone(), strong: true }],
            lines,
        })
    }

    fn account(&self) -> Result<Table, minijinja::Error> {
        let words = self.words;
        let mut rows = Vec::new();
        let mut lines = Vec::new();
        for line in &self.values.movements {
            let cells = [&line.on, &line.entry, &line.amount, &line.balance].map(Clone::clone).to_vec();
            rows.push(Row { wide: false, cells });
            lines.push((self.fill)("movement_line", minijinja::value::Serde(line).into())?);
        }
        Ok(Table {
            head: [&words.date, &words.entry, &words.amount, &words.balance].map(Clone::clone).to_vec(),
            numbers: vec![false, false, true, true],
            rows,
            sums: vec![Sum { label: words.balance.clone(), amount: self.values.balance.clone(), strong: true }],
            lines,
        })
    }

    fn history(&self) -> Result<Table, minijinja::Error> {
        let words = self.words;
        let mut rows = Vec::new();
        let mut lines = Vec::new();
        for contact in &self.values.history {
            let cells = [&contact.on, &contact.how, &contact.about].map(Clone::clone).to_vec();
            rows.push(Row { wide: false, cells });
            lines.push((self.fill)("history_line", minijinja::value::Serde(contact).into())?);
        }
        let head = [&words.date, &words.how, &words.what].map(Clone::clone).to_vec();
        Ok(Table { head, numbers: vec![false; 3], rows, sums: Vec::new(), lines })
    }

    fn signature(&self) -> Result<Signature, minijinja::Error> {
        let (words, sender) = (self.words, &self.values.sender);
        let phone = if sender.phone.is_empty() { String::new() } else { format!("{} {}", words.phone, sender.phone) };
        let mut lines = vec![sender.address.join(", "), phone, sender.email.clone()];
        lines.retain(|line| !line.is_empty());
        let on_behalf = if self.values.mandate.is_some() {
            format!("{} {}", words.on_behalf, self.values.creditor.name)
        } else {
            String::new()
        };
        let privacy = (self.fill)("privacy", minijinja::value::Serde(self.values).into())?;
        Ok(Signature { closing: words.closing.clone(), name: sender.name.clone(), on_behalf, lines, privacy })
    }

    pub fn sheet(&self) -> Sheet {
        let (words, values, facts) = (self.words, self.values, self.facts);
        let sender = &values.sender;
        let mut info = vec![
            (words.date.clone(), values.today.clone()),
            (words.customer.clone(), values.debtor.id.clone()),
            (words.file.clone(), values.mandate.as_ref().map(|mandate| mandate.file.clone()).unwrap_or_default()),
            (words.phone.clone(), sender.phone.clone()),
            (words.email.clone(), sender.email.clone()),
        ];
        info.retain(|(_, value)| !value.is_empty());
        let mut address = vec![values.debtor.name.clone()];
        address.extend(values.debtor.address.iter().cloned());
        // A letter to a colleague is not put into an envelope to the debtor by mistake.
        address.retain(|_| self.kind != Kind::Internal);
        let from: Vec<&str> =
            std::iter::once(sender.name.as_str()).chain(sender.address.iter().take(2).map(String::as_str)).collect();
        let behalf = format!("{} {}", words.on_behalf, values.creditor.name);
        Sheet {
            name: sender.name.clone(),
            tagline: if values.mandate.is_some() { behalf } else { String::new() },
            from: from.join(" · "),
            address,
            info,
            footer: footer(words, sender),
            page: words.page.clone(),
            date: (facts.today.year(), facts.today.month(), facts.today.day()),
        }
    }
}

/// Who writes, how to reach them, where they are registered and paid: what a business letter states at its foot.
fn footer(words: &Words, sender: &Sender) -> Vec<Vec<String>> {
    let labelled = |label: &str, value: &str| {
        if value.is_empty() { String::new() } else { format!("{label} {value}") }
    };
    let mut first = vec![sender.name.clone()];
    first.extend(sender.address.iter().cloned());
    let second = vec![labelled(&words.phone, &sender.phone), sender.email.clone()];
    let third = vec![labelled(&words.vat_id, &sender.vat_id), sender.registration.clone()];
    let fourth = vec![labelled("IBAN", &sender.iban), labelled("BIC", &sender.bic)];
    let mut columns = vec![first, second, third, fourth];
    for column in &mut columns {
        column.retain(|line| !line.is_empty());
    }
    columns.retain(|column| !column.is_empty());
    columns
}
