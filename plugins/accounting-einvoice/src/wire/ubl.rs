//! UBL 2.1 `Invoice` and `CreditNote`.

use super::document::{Discount, Document, Means, Party, Settled, Terms};
use super::xml::Element;
use super::{Field, Flaw};

/// The code of a credit note (UNTDID 1001).
const CREDIT_NOTE: &str = "381";

pub fn document(root: &Element) -> Result<Document, Flaw> {
    let credit_note = root.name == "ubl:CreditNote";
    let totals = root.required_element("cac:LegalMonetaryTotal")?;
    Ok(Document {
        credit_note,
        number: root.required("cbc:ID")?,
        issued_on: root.required("cbc:IssueDate")?,
        type_code: type_code(root, credit_note)?,
        profile: root.optional("cbc:CustomizationID"),
        currency: root.required("cbc:DocumentCurrencyCode")?,
        due_on: due_dates(root),
        buyer_reference: root.optional("cbc:BuyerReference"),
        order: root.optional("cac:OrderReference/cbc:ID"),
        terms: root.all("cac:PaymentTerms").into_iter().map(terms).collect(),
        notes: root.prose("cbc:Note"),
        preceding: root.fields("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"),
        seller: party(root.required_element("cac:AccountingSupplierParty/cac:Party")?),
        buyer: party(root.required_element("cac:AccountingCustomerParty/cac:Party")?),
        payee: root.optional("cac:PayeeParty/cac:PartyName/cbc:Name"),
        means: root.all("cac:PaymentMeans").into_iter().map(means).collect(),
        payment_references: root.fields("cac:PaymentMeans/cbc:PaymentID"),
        total: totals.required("cbc:TaxInclusiveAmount")?,
        settled: Settled {
            prepaid: totals.optional("cbc:PrepaidAmount"),
            rounding: totals.optional("cbc:PayableRoundingAmount"),
            third_party: root.fields("cac:PrepaidPayment/cbc:PaidAmount"),
        },
        payable: totals.required("cbc:PayableAmount")?,
    })
}

/// UBL lets a credit note go without a code: its root says it.
fn type_code(root: &Element, credit_note: bool) -> Result<Field, Flaw> {
    if !credit_note {
        return root.required("cbc:InvoiceTypeCode");
    }
    let code = root.optional("cbc:CreditNoteTypeCode");
    Ok(code.unwrap_or_else(|| Field { text: CREDIT_NOTE.to_owned(), ..root.field() }))
}

/// The document's own due date; a credit note has it only in its payment means.
fn due_dates(root: &Element) -> Vec<Field> {
    match root.optional("cbc:DueDate") {
        Some(due) => vec![due],
        None => root.fields("cac:PaymentMeans/cbc:PaymentDueDate"),
    }
}

fn terms(element: &Element) -> Terms {
    let mut notes = element.prose("cbc:Note");
    let further = notes.split_off(notes.len().min(1));
    let mut text = notes.pop();
    if let Some(first) = &mut text {
        further.iter().for_each(|note| {
            first.text.push('\n');
            first.text.push_str(&note.text);
        });
    }
    let discount = element.optional("cbc:SettlementDiscountPercent").map(|percent| Discount {
        percent,
        days: element.optional("cac:SettlementPeriod/cbc:DurationMeasure"),
        from: element.optional("cac:SettlementPeriod/cbc:StartDate"),
        until: element.optional("cac:SettlementPeriod/cbc:EndDate"),
    });
    Terms { text, due_on: element.optional("cbc:PaymentDueDate"), part: element.optional("cbc:Amount"), discount }
}

fn means(element: &Element) -> Means {
    Means {
        code: element.optional("cbc:PaymentMeansCode"),
        account: element.optional("cac:PayeeFinancialAccount/cbc:ID"),
    }
}

fn party(party: &Element) -> Party {
    let (vat, other): (Vec<_>, Vec<_>) = party.all("cac:PartyTaxScheme").into_iter().partition(|scheme| {
        scheme.optional("cac:TaxScheme/cbc:ID").is_none_or(|id| id.text.eq_ignore_ascii_case("VAT"))
    });
    let company = |schemes: Vec<&Element>| schemes.into_iter().find_map(|scheme| scheme.optional("cbc:CompanyID"));
    let trading_name = party.optional("cac:PartyName/cbc:Name");
    let address = "cac:PostalAddress";
    let at = |name: &str| party.optional(&format!("{address}/{name}"));
    let street = ["cbc:StreetName", "cbc:AdditionalStreetName", "cac:AddressLine/cbc:Line"];
    Party {
        name: party.optional("cac:PartyLegalEntity/cbc:RegistrationName").or_else(|| trading_name.clone()),
        trading_name,
        // A creditor identifier of direct debits stands among the identifiers and names nobody.
        identifiers: party
            .fields("cac:PartyIdentification/cbc:ID")
            .into_iter()
            .filter(|id| !id.qualifier.eq_ignore_ascii_case("SEPA"))
            .collect(),
        legal_id: party.optional("cac:PartyLegalEntity/cbc:CompanyID"),
        vat_id: company(vat),
        tax_number: company(other),
        endpoint: party.optional("cbc:EndpointID"),
        street: street.iter().flat_map(|name| party.fields(&format!("{address}/{name}"))).collect(),
        postcode: at("cbc:PostalZone"),
        city: at("cbc:CityName"),
        subdivision: at("cbc:CountrySubentity"),
        country: at("cac:Country/cbc:IdentificationCode"),
        contact: party.optional("cac:Contact/cbc:Name"),
        phone: party.optional("cac:Contact/cbc:Telephone"),
        email: party.optional("cac:Contact/cbc:ElectronicMail"),
    }
}
