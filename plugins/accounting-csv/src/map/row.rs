//! One row to one open item: cells by the names of their columns.

use dunlin_plugin_sdk::{Date, Money, Party};

use super::Item;
use crate::config::{AsOf, Layout};
use crate::wire::amount;
use crate::wire::table::{Flaw, Row};

/// Bytes of a number or of a debtor's id: together they make the key of an item.
const MAX_ID: usize = 80;
/// Bytes of a name, a line of an address and so on; what is longer is cut.
const MAX_NAME: usize = 200;

/// The mapped columns.
pub(super) struct Columns<'c> {
    number: Column<'c>,
    debtor_id: Column<'c>,
    debtor_name: Column<'c>,
    issued_on: Column<'c>,
    open: Column<'c>,
    due_on: Option<Column<'c>>,
    total: Option<Column<'c>>,
    currency: Option<Column<'c>>,
    side: Option<Column<'c>>,
    address: Vec<Column<'c>>,
    country: Option<Column<'c>>,
    language: Option<Column<'c>>,
    email: Option<Column<'c>>,
    phone: Option<Column<'c>>,
    vat_id: Option<Column<'c>>,
    kind: Option<Column<'c>>,
    payment_reference: Option<Column<'c>>,
    product: Option<Column<'c>>,
    pub(super) as_of: Option<Column<'c>>,
}

/// A column by its header and where it stands.
pub(super) struct Column<'c> {
    name: &'c str,
    at: usize,
}

impl<'c> Columns<'c> {
    /// A mapped column that is not there is an error, with the headers that are.
    pub(super) fn find(layout: &Layout<'c>, headers: &[String]) -> Result<Self, String> {
        let mapped = &layout.config.columns;
        let column = |name: &'c String| match headers.iter().position(|header| header == name) {
            Some(at) => Ok(Column { name, at }),
            None => {
                let known: Vec<String> = headers.iter().map(|header| format!("`{header}`")).collect();
                Err(format!("no column `{name}`; the header row has {}", known.join(", ")))
            }
        };
        let maybe = |name: &'c Option<String>| name.as_ref().map(column).transpose();
        let as_of = match &layout.config.as_of {
            AsOf::Column(name) => Some(column(name)?),
            AsOf::FileName(_) => None,
        };
        Ok(Self {
            number: column(&mapped.number)?,
            debtor_id: column(&mapped.debtor_id)?,
            debtor_name: column(&mapped.debtor_name)?,
            issued_on: column(&mapped.issued_on)?,
            open: column(&mapped.open)?,
            due_on: maybe(&mapped.due_on)?,
            total: maybe(&mapped.total)?,
            currency: maybe(&mapped.currency)?,
            side: maybe(&mapped.side)?,
            address: mapped.address.iter().map(column).collect::<Result<_, _>>()?,
            country: maybe(&mapped.country)?,
            language: maybe(&mapped.language)?,
            email: maybe(&mapped.email)?,
            phone: maybe(&mapped.phone)?,
            vat_id: maybe(&mapped.vat_id)?,
            kind: maybe(&mapped.kind)?,
            payment_reference: maybe(&mapped.payment_reference)?,
            product: maybe(&mapped.product)?,
            as_of,
        })
    }

    /// None: the row names neither a debtor nor an item (a sum, a heading).
    pub(super) fn item(&self, layout: &Layout<'_>, row: &Row) -> Result<Option<Item>, Flaw> {
        if self.number.cell(row).is_none() && self.debtor_id.cell(row).is_none() {
            return Ok(None);
        }
        let currency = match (optional(&self.currency, row), &layout.config.default_currency, &self.currency) {
            (Some(code), _, _) => code.to_uppercase(),
            (None, Some(code), _) => code.clone(),
            (None, None, Some(column)) => column.needed(row)?.to_owned(),
            // The configuration was checked: one of the two is there.
            (None, None, None) => String::new(),
        };
        let credit = self.is_credit(layout, row)?;
        let money = |column: &Column<'_>, text: &str| -> Result<Money, Flaw> {
            let amount = amount::parse(text, &currency, layout.config.decimal);
            let amount = amount.map_err(|reason| column.flaw(row, &reason))?;
            let turned = if credit { amount.checked_neg() } else { Some(amount) };
            turned.ok_or_else(|| column.flaw(row, "the amount is too large"))
        };
        let total = self.total.as_ref().and_then(|column| Some((column, column.cell(row)?)));
        let due_on = self.due_on.as_ref().filter(|column| column.cell(row).is_some());
        Ok(Some(Item {
            number: self.number.id(row)?,
            debtor: self.debtor(layout, row)?,
            issued_on: self.issued_on.day(layout, row)?,
            due_on: due_on.map(|column| column.day(layout, row)).transpose()?,
            total: total.map(|(column, text)| money(column, text)).transpose()?,
            open: money(&self.open, self.open.needed(row)?)?,
            payment_reference: name(&self.payment_reference, row),
            product: name(&self.product, row),
            line: row.line,
        }))
    }

    fn is_credit(&self, layout: &Layout<'_>, row: &Row) -> Result<bool, Flaw> {
        let Some((column, word)) = self.side.as_ref().and_then(|column| Some((column, column.cell(row)?))) else {
            return Ok(false);
        };
        let sides = &layout.config.sides;
        let among = |words: &[String]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        match (among(&sides.credit), among(&sides.debit)) {
            (true, _) => Ok(true),
            (false, true) => Ok(false),
            (false, false) => {
                Err(column.flaw(row, &format!("`{word}` is neither among `sides.debit` nor `sides.credit`")))
            }
        }
    }

    fn debtor(&self, layout: &Layout<'_>, row: &Row) -> Result<Party, Flaw> {
        let country = optional(&self.country, row).map(str::to_uppercase).filter(|code| code.len() == 2);
        let language = optional(&self.language, row).map(str::to_lowercase).filter(|tag| tag.len() <= 16);
        Ok(Party {
            id: self.debtor_id.id(row)?,
            name: cut(self.debtor_name.needed(row)?),
            kind: optional(&self.kind, row).map(|word| layout.kind(word)).unwrap_or_default(),
            country: country.or_else(|| layout.config.default_country.clone()).unwrap_or_default(),
            language: language.unwrap_or_default(),
            address: self.address.iter().filter_map(|column| column.cell(row)).map(cut).collect(),
            email: name(&self.email, row).filter(|address| address.contains('@')),
            phone: name(&self.phone, row),
            vat_id: name(&self.vat_id, row),
            notes: Vec::new(),
        })
    }
}

impl Column<'_> {
    /// None when the cell is missing or empty.
    pub(super) fn cell<'r>(&self, row: &'r Row) -> Option<&'r str> {
        row.cells.get(self.at).map(String::as_str).filter(|text| !text.is_empty())
    }

    pub(super) fn day(&self, layout: &Layout<'_>, row: &Row) -> Result<Date, Flaw> {
        let text = self.needed(row)?;
        let wrong = || self.flaw(row, &format!("`{text}` is not a day as `{}`", layout.config.date_format));
        layout.date.day(text).ok_or_else(wrong)
    }

    pub(super) fn flaw(&self, row: &Row, reason: &str) -> Flaw {
        Flaw { line: row.line, reason: format!("`{}`: {reason}", self.name) }
    }

    fn needed<'r>(&self, row: &'r Row) -> Result<&'r str, Flaw> {
        self.cell(row).ok_or_else(|| self.flaw(row, "the cell is empty"))
    }

    fn id(&self, row: &Row) -> Result<String, Flaw> {
        let text = self.needed(row)?;
        match text.len() <= MAX_ID {
            true => Ok(text.to_owned()),
            false => Err(self.flaw(row, &format!("longer than {MAX_ID} bytes"))),
        }
    }
}

fn optional<'r>(column: &Option<Column<'_>>, row: &'r Row) -> Option<&'r str> {
    column.as_ref()?.cell(row)
}

fn name(column: &Option<Column<'_>>, row: &Row) -> Option<String> {
    optional(column, row).map(cut)
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_NAME)].to_owned()
}
