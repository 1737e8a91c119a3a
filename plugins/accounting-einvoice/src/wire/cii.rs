//! CII `CrossIndustryInvoice`, the XML inside Factur-X and ZUGFeRD 2.

use super::document::{Discount, Document, Means, Party, Settled, Terms};
use super::xml::Element;
use super::{Field, Flaw};

const DATE: &str = "udt:DateTimeString";

pub fn document(root: &Element) -> Result<Document, Flaw> {
    let head = root.required_element("rsm:ExchangedDocument")?;
    let trade = root.required_element("rsm:SupplyChainTradeTransaction")?;
    let agreement = trade.required_element("ram:ApplicableHeaderTradeAgreement")?;
    let settlement = trade.required_element("ram:ApplicableHeaderTradeSettlement")?;
    let totals = settlement.required_element("ram:SpecifiedTradeSettlementHeaderMonetarySummation")?;
    let currency = settlement.required("ram:InvoiceCurrencyCode")?;
    let amount = |name: &str| in_currency(totals, name, &currency);
    let terms: Vec<Terms> = settlement.all("ram:SpecifiedTradePaymentTerms").into_iter().map(terms).collect();
    Ok(Document {
        credit_note: false,
        number: head.required("ram:ID")?,
        issued_on: head.required(&format!("ram:IssueDateTime/{DATE}"))?,
        type_code: head.required("ram:TypeCode")?,
        profile: root.optional("rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        due_on: Vec::new(),
        buyer_reference: agreement.optional("ram:BuyerReference"),
        order: agreement.optional("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        terms,
        notes: head.prose("ram:IncludedNote/ram:Content"),
        preceding: settlement.fields("ram:InvoiceReferencedDocument/ram:IssuerAssignedID"),
        seller: party(agreement.required_element("ram:SellerTradeParty")?),
        buyer: party(agreement.required_element("ram:BuyerTradeParty")?),
        payee: settlement.optional("ram:PayeeTradeParty/ram:Name"),
        means: settlement.all("ram:SpecifiedTradeSettlementPaymentMeans").into_iter().map(means).collect(),
        payment_references: settlement.fields("ram:PaymentReference"),
        total: amount("ram:GrandTotalAmount")?,
        settled: Settled {
            prepaid: totals.optional("ram:TotalPrepaidAmount"),
            rounding: totals.optional("ram:RoundingAmount"),
            third_party: Vec::new(),
        },
        payable: amount("ram:DuePayableAmount")?,
        currency,
    })
}

/// A total may be stated in the tax currency as well; the one without a currency is in the document's.
fn in_currency(totals: &Element, name: &str, currency: &Field) -> Result<Field, Flaw> {
    let all = totals.fields(name);
    match all.iter().find(|f| f.qualifier.is_empty() || f.qualifier == currency.text) {
        Some(found) => Ok(found.clone()),
        None => all.into_iter().next().map_or_else(|| totals.required(name), Ok),
    }
}

fn terms(element: &Element) -> Terms {
    let discount = element.find("ram:ApplicableTradePaymentDiscountTerms");
    Terms {
        text: element.prose("ram:Description").into_iter().next(),
        due_on: element.optional(&format!("ram:DueDateDateTime/{DATE}")),
        part: element.optional("ram:PartialPaymentAmount"),
        discount: discount.and_then(|terms| {
            Some(Discount {
                percent: terms.optional("ram:CalculationPercent")?,
                days: terms.optional("ram:BasisPeriodMeasure"),
                from: terms.optional(&format!("ram:BasisDateTime/{DATE}")),
                until: None,
            })
        }),
    }
}

fn means(element: &Element) -> Means {
    let account = "ram:PayeePartyCreditorFinancialAccount";
    Means {
        code: element.optional("ram:TypeCode"),
        account: element
            .optional(&format!("{account}/ram:IBANID"))
            .or_else(|| element.optional(&format!("{account}/ram:ProprietaryID"))),
    }
}

fn party(party: &Element) -> Party {
    let registrations = party.fields("ram:SpecifiedTaxRegistration/ram:ID");
    let registered = |scheme: &str| registrations.iter().find(|id| id.qualifier.eq_ignore_ascii_case(scheme)).cloned();
    let at = |name: &str| party.optional(&format!("ram:PostalTradeAddress/{name}"));
    let contact = |name: &str| party.optional(&format!("ram:DefinedTradeContact/{name}"));
    let lines = ["ram:LineOne", "ram:LineTwo", "ram:LineThree"];
    Party {
        name: party.optional("ram:Name"),
        trading_name: party.optional("ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
        identifiers: [party.fields("ram:ID"), party.fields("ram:GlobalID")].concat(),
        legal_id: party.optional("ram:SpecifiedLegalOrganization/ram:ID"),
        vat_id: registered("VA"),
        tax_number: registered("FC"),
        endpoint: party.optional("ram:URIUniversalCommunication/ram:URIID"),
        street: lines.iter().filter_map(|name| at(name)).collect(),
        postcode: at("ram:PostcodeCode"),
        city: at("ram:CityName"),
        subdivision: at("ram:CountrySubDivisionName"),
        country: at("ram:CountryID"),
        contact: contact("ram:PersonName").or_else(|| contact("ram:DepartmentName")),
        phone: contact("ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        email: contact("ram:EmailURIUniversalCommunication/ram:URIID"),
    }
}
