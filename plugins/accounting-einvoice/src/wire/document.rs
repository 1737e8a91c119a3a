//! What both syntaxes say, by the terms of EN 16931 (BT numbers); text as it was written, with its place.

use super::Flaw;
use super::xml::Element;

/// One value and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub text: String,
    /// The attribute that says how to read it: scheme, currency, unit or date format. Empty when there is none.
    pub qualifier: String,
    pub element: String,
    pub line: u32,
}

#[derive(Clone, Debug)]
pub struct Document {
    /// The root element says that it is a credit note (UBL only).
    pub credit_note: bool,
    /// BT-1
    pub number: Field,
    /// BT-2
    pub issued_on: Field,
    /// BT-3
    pub type_code: Field,
    /// BT-5
    pub currency: Field,
    /// BT-9, and the due dates that payment means state.
    pub due_on: Vec<Field>,
    /// BT-10
    pub buyer_reference: Option<Field>,
    /// BT-13
    pub order: Option<Field>,
    /// BT-20
    pub terms: Vec<Terms>,
    /// BT-22
    pub notes: Vec<Field>,
    /// BT-25
    pub preceding: Vec<Field>,
    /// BT-24
    pub profile: Option<Field>,
    pub seller: Party,
    pub buyer: Party,
    /// BT-59: who is to be paid when it is not the seller.
    pub payee: Option<Field>,
    /// BG-16
    pub means: Vec<Means>,
    /// BT-83
    pub payment_references: Vec<Field>,
    /// BT-112
    pub total: Field,
    /// What stands between the total and the amount to be paid.
    pub settled: Settled,
    /// BT-115
    pub payable: Field,
}

/// Every amount that BT-115 takes into account beside BT-112.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// BT-113
    pub prepaid: Option<Field>,
    /// BT-114
    pub rounding: Option<Field>,
    /// What is collected for others; an extension used in Germany.
    pub third_party: Vec<Field>,
}

#[derive(Clone, Debug, Default)]
pub struct Party {
    /// BT-27, BT-44
    pub name: Option<Field>,
    /// BT-28, BT-45
    pub trading_name: Option<Field>,
    /// BT-29, BT-46
    pub identifiers: Vec<Field>,
    /// BT-30, BT-47
    pub legal_id: Option<Field>,
    /// BT-31, BT-48
    pub vat_id: Option<Field>,
    /// BT-32
    pub tax_number: Option<Field>,
    /// BT-34, BT-49
    pub endpoint: Option<Field>,
    /// Street and further lines, without place and postcode.
    pub street: Vec<Field>,
    pub postcode: Option<Field>,
    pub city: Option<Field>,
    pub subdivision: Option<Field>,
    pub country: Option<Field>,
    pub contact: Option<Field>,
    pub phone: Option<Field>,
    pub email: Option<Field>,
}

/// One set of payment terms.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    pub text: Option<Field>,
    pub due_on: Option<Field>,
    /// The part of the amount that these terms are about.
    pub part: Option<Field>,
    pub discount: Option<Discount>,
}

/// A discount that the terms state in elements of their own and not only in words.
#[derive(Clone, Debug)]
pub struct Discount {
    pub percent: Field,
    /// Days from the day of issue, or from `from`.
    pub days: Option<Field>,
    pub from: Option<Field>,
    pub until: Option<Field>,
}

#[derive(Clone, Debug, Default)]
pub struct Means {
    /// BT-81
    pub code: Option<Field>,
    /// BT-84
    pub account: Option<Field>,
}

impl Element {
    pub fn field(&self) -> Field {
        let qualifier = ["schemeID", "currencyID", "format", "unitCode"].iter().find_map(|name| self.attribute(name));
        Field {
            // A value is one line, however it was broken.
            text: self.text.split_whitespace().collect::<Vec<_>>().join(" "),
            qualifier: qualifier.unwrap_or_default().to_owned(),
            element: self.name.clone(),
            line: self.line,
        }
    }

    /// A value that may be missing; an empty one is missing too.
    pub fn optional(&self, path: &str) -> Option<Field> {
        self.all(path).into_iter().find(|element| !element.text.is_empty()).map(Element::field)
    }

    pub fn fields(&self, path: &str) -> Vec<Field> {
        self.all(path).into_iter().filter(|element| !element.text.is_empty()).map(Element::field).collect()
    }

    /// Free texts, which keep their lines.
    pub fn prose(&self, path: &str) -> Vec<Field> {
        let written = self.all(path).into_iter().filter(|element| !element.text.is_empty());
        written.map(|element| Field { text: element.text.clone(), ..element.field() }).collect()
    }

    pub fn required(&self, path: &str) -> Result<Field, Flaw> {
        self.optional(path).ok_or_else(|| Flaw::at(self.line, &self.name, format!("`{path}` is missing or empty")))
    }

    pub fn required_element(&self, path: &str) -> Result<&Element, Flaw> {
        self.find(path).ok_or_else(|| Flaw::at(self.line, &self.name, format!("`{path}` is missing")))
    }
}
