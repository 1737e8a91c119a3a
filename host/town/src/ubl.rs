//! UBL 2.1: invoices and credit notes as the accounting package exports them (EN 16931).

use jiff::civil::Date;

use crate::creditor;
use crate::names::Country;
use crate::people::{Debtor, Kind};
use crate::wares::Invoice;
use crate::xml::{Xml, decimal};

const COMPONENTS: &str = "xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
     xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"";

/// A credit note for a share of an invoice.
pub(crate) struct CreditNote<'a> {
    pub number: String,
    pub invoice: &'a Invoice,
    pub issued_on: Date,
    pub net: i64,
    pub tax: i64,
    pub reason: &'a str,
}

/// What a document owes its totals to.
struct Totals {
    currency: &'static str,
    net: i64,
    tax: i64,
    prepaid: i64,
}

pub(crate) fn invoice(invoice: &Invoice, debtor: &Debtor) -> String {
    let root = format!("xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" {COMPONENTS}");
    Xml::document("Invoice", &root, |xml| {
        heading(xml, &invoice.number, invoice.issued_on);
        xml.leaf("cbc:DueDate", invoice.due_on.to_string());
        xml.leaf("cbc:InvoiceTypeCode", "380");
        xml.leaf("cbc:DocumentCurrencyCode", invoice.currency);
        xml.leaf("cbc:BuyerReference", &debtor.contact);
        xml.group("cac:OrderReference", |xml| xml.leaf("cbc:ID", format!("B-{}", &invoice.number[3..])));
        parties(xml, debtor);
        delivery(xml, invoice.issued_on, debtor);
        payment_means(xml, invoice.currency, invoice.reference.as_deref());
        xml.group("cac:PaymentTerms", |xml| xml.leaf("cbc:Note", terms(invoice, debtor)));
        let totals =
            Totals { currency: invoice.currency, net: invoice.net, tax: invoice.tax, prepaid: invoice.prepaid };
        totals.write(xml, invoice.vat_percent, debtor.country);
        for (place, line) in invoice.lines.iter().enumerate() {
            let item = Item {
                place,
                ware: line.ware,
                quantity: line.quantity,
                unit_price: line.unit_price,
                vat_percent: invoice.vat_percent,
            };
            xml.group("cac:InvoiceLine", |xml| {
                item.write(xml, "cbc:InvoicedQuantity", invoice.currency, debtor.country)
            });
        }
    })
}

pub(crate) fn credit_note(note: &CreditNote<'_>, debtor: &Debtor) -> String {
    let root = format!("xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2\" {COMPONENTS}");
    let invoice = note.invoice;
    Xml::document("CreditNote", &root, |xml| {
        heading(xml, &note.number, note.issued_on);
        xml.leaf("cbc:CreditNoteTypeCode", "381");
        xml.leaf("cbc:Note", note.reason);
        xml.leaf("cbc:DocumentCurrencyCode", invoice.currency);
        xml.leaf("cbc:BuyerReference", &debtor.contact);
        xml.group("cac:BillingReference", |xml| {
            xml.group("cac:InvoiceDocumentReference", |xml| {
                xml.leaf("cbc:ID", &invoice.number);
                xml.leaf("cbc:IssueDate", invoice.issued_on.to_string());
            });
        });
        parties(xml, debtor);
        delivery(xml, note.issued_on, debtor);
        payment_means(xml, invoice.currency, None);
        let totals = Totals { currency: invoice.currency, net: note.net, tax: note.tax, prepaid: 0 };
        totals.write(xml, invoice.vat_percent, debtor.country);
        let item =
            Item { place: 0, ware: note.reason, quantity: 1, unit_price: note.net, vat_percent: invoice.vat_percent };
        xml.group("cac:CreditNoteLine", |xml| {
            item.write(xml, "cbc:CreditedQuantity", invoice.currency, debtor.country)
        });
    })
}

fn heading(xml: &mut Xml, number: &str, issued_on: Date) {
    xml.leaf("cbc:CustomizationID", "urn:cen.eu:en16931:2017");
    xml.leaf("cbc:ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0");
    xml.leaf("cbc:ID", number);
    xml.leaf("cbc:IssueDate", issued_on.to_string());
}

fn parties(xml: &mut Xml, debtor: &Debtor) {
    xml.group("cac:AccountingSupplierParty", |xml| xml.group("cac:Party", supplier));
    xml.group("cac:AccountingCustomerParty", |xml| xml.group("cac:Party", |xml| customer(xml, debtor)));
}

fn supplier(xml: &mut Xml) {
    xml.leaf_with("cbc:EndpointID", "schemeID=\"EM\"", creditor::EMAIL);
    xml.group("cac:PartyName", |xml| xml.leaf("cbc:Name", creditor::NAME));
    let at = [creditor::STREET, creditor::CITY, creditor::POSTCODE];
    xml.group("cac:PostalAddress", |xml| address(xml, at, None, "DE"));
    tax_scheme(xml, creditor::VAT_ID);
    xml.group("cac:PartyLegalEntity", |xml| {
        xml.leaf("cbc:RegistrationName", creditor::NAME);
        xml.leaf("cbc:CompanyID", creditor::REGISTER);
    });
    xml.group("cac:Contact", |xml| {
        xml.leaf("cbc:Name", creditor::CONTACT);
        xml.leaf("cbc:Telephone", creditor::PHONE);
        xml.leaf("cbc:ElectronicMail", creditor::EMAIL);
    });
}

fn customer(xml: &mut Xml, debtor: &Debtor) {
    if let Some(email) = &debtor.email {
        xml.leaf_with("cbc:EndpointID", "schemeID=\"EM\"", email);
    }
    xml.group("cac:PartyIdentification", |xml| xml.leaf("cbc:ID", &debtor.id));
    xml.group("cac:PartyName", |xml| xml.leaf("cbc:Name", &debtor.name));
    xml.group("cac:PostalAddress", |xml| address_of(xml, debtor));
    if let Some(vat_id) = &debtor.vat_id {
        tax_scheme(xml, vat_id);
    }
    xml.group("cac:PartyLegalEntity", |xml| {
        xml.leaf("cbc:RegistrationName", &debtor.name);
        xml.leaf_if("cbc:CompanyID", debtor.register.as_ref());
        if debtor.kind == Kind::SoleTrader {
            xml.leaf("cbc:CompanyLegalForm", "Einzelunternehmen");
        }
    });
    xml.group("cac:Contact", |xml| {
        xml.leaf("cbc:Name", &debtor.contact);
        xml.leaf_if("cbc:Telephone", debtor.phone.as_ref());
        xml.leaf_if("cbc:ElectronicMail", debtor.email.as_ref());
    });
}

fn address_of(xml: &mut Xml, debtor: &Debtor) {
    let at = [debtor.street.as_str(), &debtor.city, &debtor.postcode];
    address(xml, at, debtor.region.as_ref(), debtor.country.code());
}

fn address(xml: &mut Xml, [street, city, postcode]: [&str; 3], region: Option<&String>, country: &str) {
    xml.leaf("cbc:StreetName", street);
    xml.leaf("cbc:CityName", city);
    xml.leaf("cbc:PostalZone", postcode);
    xml.leaf_if("cbc:CountrySubentity", region);
    xml.group("cac:Country", |xml| xml.leaf("cbc:IdentificationCode", country));
}

fn tax_scheme(xml: &mut Xml, vat_id: &str) {
    xml.group("cac:PartyTaxScheme", |xml| {
        xml.leaf("cbc:CompanyID", vat_id);
        xml.group("cac:TaxScheme", |xml| xml.leaf("cbc:ID", "VAT"));
    });
}

/// Goods sold abroad without tax have to say when and where they went.
fn delivery(xml: &mut Xml, on: Date, debtor: &Debtor) {
    xml.group("cac:Delivery", |xml| {
        xml.leaf("cbc:ActualDeliveryDate", on.to_string());
        xml.group("cac:DeliveryLocation", |xml| {
            xml.group("cac:Address", |xml| address_of(xml, debtor));
        });
    });
}

fn payment_means(xml: &mut Xml, currency: &str, reference: Option<&str>) {
    xml.group("cac:PaymentMeans", |xml| {
        // 58: SEPA credit transfer; 30: credit transfer.
        xml.leaf("cbc:PaymentMeansCode", if currency == "EUR" { "58" } else { "30" });
        if let Some(reference) = reference {
            xml.leaf("cbc:PaymentID", reference);
        }
        xml.group("cac:PayeeFinancialAccount", |xml| {
            xml.leaf("cbc:ID", creditor::iban(currency));
            xml.leaf("cbc:Name", creditor::NAME);
            xml.group("cac:FinancialInstitutionBranch", |xml| xml.leaf("cbc:ID", creditor::BIC));
        });
    });
}

fn terms(invoice: &Invoice, debtor: &Debtor) -> String {
    let (days, due) = (invoice.terms_days, invoice.due_on);
    match debtor.country {
        Country::Germany => format!("Zahlbar ohne Abzug innerhalb von {days} Tagen, bis {}.", due.strftime("%d.%m.%Y")),
        _ => format!("Payable in full within {days} days, by {due}."),
    }
}

/// The tax category of a sale: standard, within the Union, export; with the reason why there is no tax.
fn tax_category(country: Country) -> (&'static str, Option<(&'static str, &'static str)>) {
    match country {
        Country::Germany => ("S", None),
        Country::UnitedStates => ("G", Some(("VATEX-EU-G", "Export outside the EU"))),
        _ => ("K", Some(("VATEX-EU-IC", "Intra-Community supply"))),
    }
}

impl Totals {
    fn write(&self, xml: &mut Xml, vat_percent: i64, country: Country) {
        let unit = format!("currencyID=\"{}\"", self.currency);
        xml.group("cac:TaxTotal", |xml| {
            xml.leaf_with("cbc:TaxAmount", &unit, decimal(self.tax));
            xml.group("cac:TaxSubtotal", |xml| {
                xml.leaf_with("cbc:TaxableAmount", &unit, decimal(self.net));
                xml.leaf_with("cbc:TaxAmount", &unit, decimal(self.tax));
                xml.group("cac:TaxCategory", |xml| {
                    let (code, exempt) = tax_category(country);
                    xml.leaf("cbc:ID", code);
                    xml.leaf("cbc:Percent", vat_percent.to_string());
                    if let Some((reason_code, reason)) = exempt {
                        xml.leaf("cbc:TaxExemptionReasonCode", reason_code);
                        xml.leaf("cbc:TaxExemptionReason", reason);
                    }
                    xml.group("cac:TaxScheme", |xml| xml.leaf("cbc:ID", "VAT"));
                });
            });
        });
        xml.group("cac:LegalMonetaryTotal", |xml| {
            xml.leaf_with("cbc:LineExtensionAmount", &unit, decimal(self.net));
            xml.leaf_with("cbc:TaxExclusiveAmount", &unit, decimal(self.net));
            xml.leaf_with("cbc:TaxInclusiveAmount", &unit, decimal(self.net + self.tax));
            if self.prepaid > 0 {
                xml.leaf_with("cbc:PrepaidAmount", &unit, decimal(self.prepaid));
            }
            xml.leaf_with("cbc:PayableAmount", &unit, decimal(self.net + self.tax - self.prepaid));
        });
    }
}

/// A line of either document.
struct Item<'a> {
    place: usize,
    ware: &'a str,
    quantity: i64,
    unit_price: i64,
    vat_percent: i64,
}

impl Item<'_> {
    fn write(&self, xml: &mut Xml, quantity_name: &str, currency: &str, country: Country) {
        let unit = format!("currencyID=\"{currency}\"");
        xml.leaf("cbc:ID", (self.place + 1).to_string());
        xml.leaf_with(quantity_name, "unitCode=\"H87\"", self.quantity.to_string());
        xml.leaf_with("cbc:LineExtensionAmount", &unit, decimal(self.quantity * self.unit_price));
        xml.group("cac:Item", |xml| {
            xml.leaf("cbc:Name", self.ware);
            xml.group("cac:ClassifiedTaxCategory", |xml| {
                xml.leaf("cbc:ID", tax_category(country).0);
                xml.leaf("cbc:Percent", self.vat_percent.to_string());
                xml.group("cac:TaxScheme", |xml| xml.leaf("cbc:ID", "VAT"));
            });
        });
        xml.group("cac:Price", |xml| xml.leaf_with("cbc:PriceAmount", &unit, decimal(self.unit_price)));
    }
}
