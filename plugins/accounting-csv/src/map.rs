//! Rows of an open-item list to the facts of the contract. Pure.

mod item;
mod row;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use dunlin_plugin_sdk::accounting::Fact;
use dunlin_plugin_sdk::{Date, Event, Refusal};

pub use item::Item;

use crate::config::{Layout, Repeated};
use crate::wire::day::Moment;
use crate::wire::table::{Flaw, Table};
use crate::wire::text;
use row::Columns;

/// One list, read.
#[derive(Debug)]
pub struct List {
    pub document: String,
    pub as_of: Moment,
    pub items: Vec<Item>,
    pub refusals: Vec<Refusal>,
}

/// Reads a list. A row that is wrong is a refusal and the rest goes on; a list that is wrong as a whole is an error.
pub fn list(layout: &Layout<'_>, document: &str, bytes: &[u8]) -> Result<List, Refusal> {
    let whole = |flaw: Flaw| refusal(document, flaw);
    let text = text::decode(bytes, layout.encoding).map_err(|reason| whole(Flaw { line: 0, reason }))?;
    let table = Table::read(&text, layout.delimiter, layout.config.skip_rows).map_err(whole)?;
    let columns = Columns::find(layout, &table.headers).map_err(|reason| whole(Flaw { line: 0, reason }))?;
    let as_of = as_of(layout, &columns, document, &table).map_err(whole)?;
    let mut read = List { document: document.to_owned(), as_of, items: Vec::new(), refusals: Vec::new() };
    for row in &table.rows {
        match columns.item(layout, row) {
            Ok(Some(item)) => read.items.push(item),
            Ok(None) => {}
            Err(flaw) => read.refusals.push(whole(flaw)),
        }
    }
    read.settle_repeated(layout.config.repeated);
    Ok(read)
}

impl List {
    pub fn events(&self) -> Vec<Event<Fact>> {
        self.items.iter().flat_map(|item| item.events(self.as_of, &self.document)).collect()
    }

    /// Rows of the same debtor and number become one item, or none.
    fn settle_repeated(&mut self, repeated: Repeated) {
        let mut first: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut kept: Vec<Option<Item>> = Vec::new();
        for item in std::mem::take(&mut self.items) {
            let key = (item.debtor.id.clone(), item.number.clone());
            let Some(&index) = first.get(&key) else {
                first.insert(key, kept.len());
                kept.push(Some(item));
                continue;
            };
            let line = item.line;
            let before = kept.get(index).and_then(Option::as_ref);
            let sum = match repeated {
                Repeated::Add => before.and_then(|before| before.plus(&item)),
                Repeated::Refuse => None,
            };
            if sum.is_none() {
                let reason = match (repeated, before) {
                    (Repeated::Refuse, Some(before)) => format!(
                        "`{}` stands in line {} already, and neither is taken; set `repeated = \"add\"` if both are parts of one",
                        item.number, before.line
                    ),
                    (Repeated::Refuse, None) => format!("`{}` stands in the list more than twice", item.number),
                    (Repeated::Add, _) => {
                        format!("`{}` cannot be added to its other row: another currency", item.number)
                    }
                };
                self.refusals.push(refusal(&self.document, Flaw { line, reason }));
            }
            if let Some(place) = kept.get_mut(index) {
                *place = sum;
            }
        }
        self.items = kept.into_iter().flatten().collect();
    }
}

/// The day that the list speaks of.
fn as_of(layout: &Layout<'_>, columns: &Columns<'_>, document: &str, table: &Table) -> Result<Moment, Flaw> {
    let whole = |reason: String| Flaw { line: 0, reason };
    let Some(column) = &columns.as_of else {
        let found = layout.as_of_name.as_ref().and_then(|format| format.find(document));
        return found.ok_or_else(|| {
            whole(
                "the name of the file has no day as `as_of` describes it, so nobody knows how new the list is"
                    .to_owned(),
            )
        });
    };
    let mut found: Option<Date> = None;
    for row in table.rows.iter().filter(|row| column.cell(row).is_some()) {
        let day = column.day(layout, row)?;
        if let Some(other) = found.filter(|other| *other != day) {
            return Err(column.flaw(row, &format!("the list speaks of {other} and of {day}")));
        }
        found = Some(day);
    }
    let day = found.ok_or_else(|| whole("no row says which day the list speaks of".to_owned()))?;
    Ok(Moment { day, second: 0 })
}

fn refusal(document: &str, flaw: Flaw) -> Refusal {
    let place = if flaw.line == 0 { String::new() } else { format!("line {}", flaw.line) };
    Refusal { document: document.to_owned(), place, reason: flaw.reason }
}
