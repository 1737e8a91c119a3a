//! EN 16931 documents as their senders write them: UBL 2.1 and CII (the XML inside Factur-X and ZUGFeRD).

mod cii;
mod document;
mod text;
mod ubl;
mod xml;

use std::fmt;

pub use document::{Discount, Document, Field, Means, Party, Settled, Terms};

use xml::{Element, Vocabulary};

/// Why a document could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Counted from 1; 0 when it is the whole document.
    pub line: u32,
    pub element: String,
    pub reason: String,
}

/// The namespaces that are read, with the prefix that names them here whatever the sender calls them.
const NAMESPACES: [(&str, &str); 8] = [
    ("urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "ubl"),
    ("urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "ubl"),
    ("urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2", "cac"),
    ("urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2", "cbc"),
    ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "rsm"),
    ("urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100", "ram"),
    ("urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100", "udt"),
    ("urn:un:unece:uncefact:data:standard:QualifiedDataType:100", "qdt"),
];

const PROSE: [&str; 3] = ["cbc:Note", "ram:Content", "ram:Description"];

/// What says nothing about who owes how much: lines (the totals stand beside them) and attachments.
const SKIPPED: [&str; 7] = [
    "cac:InvoiceLine",
    "cac:CreditNoteLine",
    "cac:AdditionalDocumentReference",
    "cac:Signature",
    "ram:IncludedSupplyChainTradeLineItem",
    "ram:AdditionalReferencedDocument",
    "ram:ApplicableHeaderTradeDelivery",
];

/// Reads one document. Its size is bounded by who hands it over.
pub fn read(content: &[u8]) -> Result<Document, Flaw> {
    if content.starts_with(b"%PDF") {
        return Err(Flaw::whole(
            "this is a PDF; extract the XML inside (`factur-x.xml`, `xrechnung.xml`) and put that here instead",
        ));
    }
    let text = text::decode(content)?;
    let root = xml::read(&text, &Vocabulary { namespaces: &NAMESPACES, prose: &PROSE, skipped: &SKIPPED })?;
    match root.name.as_str() {
        "ubl:Invoice" | "ubl:CreditNote" => ubl::document(&root),
        "rsm:CrossIndustryInvoice" => cii::document(&root),
        _ => Err(foreign(&root)),
    }
}

fn foreign(root: &Element) -> Flaw {
    let reason = if root.name.ends_with("CrossIndustryDocument") {
        "this is ZUGFeRD 1.0, which is older than EN 16931; ask the sender for version 2 or later".to_owned()
    } else {
        "neither a UBL 2.1 `Invoice` or `CreditNote` nor a CII `CrossIndustryInvoice`".to_owned()
    };
    Flaw { line: root.line, element: root.name.clone(), reason }
}

impl Flaw {
    pub fn whole(reason: impl Into<String>) -> Self {
        Self { line: 0, element: String::new(), reason: reason.into() }
    }

    pub fn at(line: u32, element: &str, reason: impl Into<String>) -> Self {
        Self { line, element: element.to_owned(), reason: reason.into() }
    }

    /// Where, for a refusal; empty when it is the whole document.
    pub fn place(&self) -> String {
        match (self.line, self.element.as_str()) {
            (0, "") => String::new(),
            (0, element) => format!("`{element}`"),
            (line, "") => format!("line {line}"),
            (line, element) => format!("line {line}, `{element}`"),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place() {
            place if place.is_empty() => f.write_str(&self.reason),
            place => write!(f, "{place}: {}", self.reason),
        }
    }
}
