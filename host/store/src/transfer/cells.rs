//! Rows on their way, whatever table they are of, and the sum that tells whether the same rows have arrived.

use sha2::{Digest, Sha256};
use sqlx::{ColumnIndex, Database, Decode, Row, Type};

use super::tables::{Column, Kind, Table};

/// Rows in one statement, and bytes after which it is sent although there is room for more rows.
const ROWS_MAX: usize = 500;
const BYTES_MAX: usize = 4 << 20;

pub enum Cell {
    Text(Option<String>),
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

/// The columns that are read, in their order: all but those that are fixed.
pub fn carried(table: &Table) -> impl Iterator<Item = &'static Column> + use<> {
    table.columns.iter().filter(|column| !matches!(column.kind, Kind::Fixed(_)))
}

/// A row with the carried columns, as it was selected.
pub fn cells<'r, R: Row>(table: &Table, row: &'r R) -> sqlx::Result<Vec<Cell>>
where
    usize: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    let cell = |(at, column): (usize, &Column)| {
        Ok(match column.kind {
            Kind::Text | Kind::Fixed(_) => Cell::Text(row.try_get(at)?),
            Kind::Int | Kind::Number => Cell::Int(row.try_get(at)?),
            Kind::Bytes => Cell::Bytes(row.try_get(at)?),
        })
    };
    carried(table).enumerate().map(cell).collect()
}

/// Rows that go into one statement.
#[derive(Default)]
pub struct Batch {
    pub rows: Vec<Vec<Cell>>,
    bytes: usize,
}

impl Batch {
    pub fn push(&mut self, row: Vec<Cell>) {
        self.bytes += row.iter().map(Cell::size).sum::<usize>();
        self.rows.push(row);
    }

    pub fn is_full(&self) -> bool {
        self.rows.len() >= ROWS_MAX || self.bytes >= BYTES_MAX
    }
}

impl Cell {
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { text.as_deref() } else { None }
    }

    pub fn int(&self) -> Option<i64> {
        if let Self::Int(number) = self { *number } else { None }
    }

    pub fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { bytes.as_deref() } else { None }
    }

    fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.as_ref().map_or(0, String::len),
            Self::Int(_) => 8,
            Self::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
        }
    }

    fn digest(&self, into: &mut Sha256) {
        let number = match self {
            Self::Int(number) => number.map(i64::to_be_bytes),
            Self::Text(_) | Self::Bytes(_) => None,
        };
        let bytes = match self {
            Self::Text(text) => text.as_ref().map(String::as_bytes),
            Self::Bytes(bytes) => bytes.as_deref(),
            Self::Int(_) => number.as_ref().map(|bytes| bytes.as_slice()),
        };
        // Nothing is not the same as an empty text, and no cell runs into the next one.
        match bytes {
            None => into.update(u64::MAX.to_be_bytes()),
            Some(bytes) => {
                into.update((bytes.len() as u64).to_be_bytes());
                into.update(bytes);
            }
        }
    }
}

/// How many rows, and a sum of their hashes: the same for the same rows, in whatever order they are read. (An event's place
/// on its lane is in its row, so the order of every lane is in the sum too.)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub rows: u64,
    hash: [u64; 4],
}

impl Sum {
    pub fn add(&mut self, row: &[Cell]) {
        let mut digest = Sha256::new();
        row.iter().for_each(|cell| cell.digest(&mut digest));
        let digest = digest.finalize();
        for (sum, part) in self.hash.iter_mut().zip(digest.chunks_exact(8)) {
            *sum = sum.wrapping_add(part.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
        }
        self.rows += 1;
    }
}
