//! The law on an account's page: what lateness was claimed to cost, and the law firm that may write.

use maud::{Markup, html};

use super::forms::{From, form, note, who};
use super::notation::amount;
use crate::api::account::AccountView;
use crate::api::law::{ChargeView, MandateView};
use crate::web::guard::Visitor;

pub fn charges(all: &[ChargeView]) -> Markup {
    html! {
        @if !all.is_empty() {
            section.card {
                h2 { "Interest and costs" }
                ul.list {
                    @for charge in all {
                        li {
                            div.head {
                                span.what { (amount(&charge.amount)) " " (charge.kind) " for " (charge.invoice) }
                                @if charge.open.minor == 0 { span.chip { "paid" } }
                                @else if charge.open != charge.amount { span.chip { (amount(&charge.open)) " left" } }
                            }
                            div.detail { (charge.title) }
                            div.origin { (charge.source) " (" (charge.rule) ", " (charge.certainty) "), as of " (charge.on) }
                        }
                    }
                }
            }
        }
    }
}

/// Whoever has a mandate on record may sign the law firm's letter; nobody else.
pub fn mandate(view: &AccountView, visitor: &Visitor) -> Markup {
    html! {
        section.card {
            h2 { "Law firm" }
            @match &view.mandate {
                Some(mandate) => { (held(mandate)) details { summary { "It has ended" } (end(visitor, &view.id)) } },
                None => {
                    p.soft { "No firm has a mandate: no letter goes out in a firm's name." }
                    details { summary { "A firm has a mandate" } (give(visitor, &view.id)) }
                },
            }
        }
    }
}

fn held(mandate: &MandateView) -> Markup {
    html! {
        dl.facts {
            dt { "Firm" } dd { (mandate.firm) }
            dt { "Address" } dd { (mandate.address.join(", ")) }
            dt { "File" } dd { (mandate.file) }
            dt { "Since" } dd { (mandate.given_on) }
        }
    }
}

fn give(visitor: &Visitor, account: &str) -> Markup {
    let fields = html! {
        (note("firm", "Name of the firm", true))
        (note("address", "Address, parts separated by commas", true))
        (note("email", "E-mail or phone of the firm", true))
        (note("file", "The firm's file number", true))
        label { "Given on, if not today" input type="date" name="given"; }
        (who(visitor))
        button type="submit" { "Put on record" }
    };
    form(visitor, account, "mandate", From::Account, fields)
}

fn end(visitor: &Visitor, account: &str) -> Markup {
    let fields = html! {
        (note("reason", "Reason", true))
        (who(visitor))
        button type="submit" { "It has ended" }
    };
    form(visitor, account, "end-mandate", From::Account, fields)
}
