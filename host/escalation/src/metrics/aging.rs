//! Aging: what is open, by how old it is.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::MetricsError;
use crate::invoice::{OpenItem, days_between};

pub(super) const EDGES_MAX: usize = 12;
const EDGE_DAYS_MAX: i32 = 3_650;
/// Of a wrong text, in its error.
const SHOWN_CHARS_MAX: usize = 60;

/// What the age of an open item is counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// Calendar days past due; an item that is due today is not yet due.
    #[default]
    DueDate,
    /// Calendar days since the invoice date.
    InvoiceDate,
}

impl Basis {
    pub const ALL: [Basis; 2] = [Basis::DueDate, Basis::InvoiceDate];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::DueDate => "due-date",
            Self::InvoiceDate => "invoice-date",
        }
    }
}

impl FromStr for Basis {
    type Err = MetricsError;

    fn from_str(text: &str) -> Result<Self, MetricsError> {
        let found = Self::ALL.into_iter().find(|basis| basis.as_str() == text);
        found.ok_or_else(|| MetricsError::Basis(text.chars().take(SHOWN_CHARS_MAX).collect()))
    }
}

/// The last day of each bucket but the last, which has no end: 30, 60 and 90 make 1 to 30, 31 to 60, 61 to 90 and over 90.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edges(Vec<i32>);

impl Default for Edges {
    fn default() -> Self {
        Self(vec![30, 60, 90])
    }
}

impl FromStr for Edges {
    type Err = MetricsError;

    /// `30,60,90`
    fn from_str(text: &str) -> Result<Self, MetricsError> {
        let wrong = || MetricsError::Edges(text.chars().take(SHOWN_CHARS_MAX).collect());
        let days: Result<Vec<i32>, _> = text.split(',').map(|day| day.trim().parse::<i32>()).collect();
        let days = days.map_err(|_| wrong())?;
        let rises = days.iter().zip(days.iter().skip(1)).all(|(one, next)| one < next);
        let within = days.iter().all(|day| (1..=EDGE_DAYS_MAX).contains(day));
        if rises && within && days.len() <= EDGES_MAX { Ok(Self(days)) } else { Err(wrong()) }
    }
}

impl fmt::Display for Edges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&days.join(","))
    }
}

impl Edges {
    /// How many buckets there are: by the due date one more, for what is not yet due.
    pub fn buckets(&self, basis: Basis) -> usize {
        self.0.len() + if basis == Basis::DueDate { 2 } else { 1 }
    }

    /// The names of the buckets, youngest first.
    pub fn names(&self, basis: Basis) -> Vec<String> {
        let mut names = Vec::with_capacity(self.buckets(basis));
        let mut first = 0;
        if basis == Basis::DueDate {
            names.push("not yet due".to_owned());
            first = 1;
        }
        for last in &self.0 {
            names.push(format!("{first} to {last} days"));
            first = last + 1;
        }
        names.push(format!("over {} days", first - 1));
        names
    }

    /// The bucket of an item on a day.
    pub fn bucket(&self, basis: Basis, item: &OpenItem, day: Date) -> usize {
        match basis {
            Basis::DueDate => match item.days_past_due(day) {
                0 => 0,
                late => 1 + self.place(late),
            },
            Basis::InvoiceDate => self.place(days_between(item.invoice.issued_on, day)),
        }
    }

    fn place(&self, days: i32) -> usize {
        self.0.iter().take_while(|edge| days > **edge).count()
    }
}
