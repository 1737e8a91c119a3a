//! The forms of the time before a debt exists.

use escalation::id::NAME_LEN_MAX;
use maud::{Markup, html};

use super::{From, form, note, who};
use crate::web::guard::Visitor;

pub fn apply(visitor: &Visitor, account: &str) -> Markup {
    let fields = html! {
        (name("application", "Its name"))
        (money())
        (note("note", "Note", false))
        (who(visitor))
        button type="submit" { "Record" }
    };
    form(visitor, account, "apply", From::Account, fields)
}

pub fn evidence(visitor: &Visitor, account: &str) -> Markup {
    let fields = html! {
        label { "Kind"
            select name="kind" required {
                option value="references" { "trade and bank references" }
                option value="financial-statements" { "financial statements" }
            }
        }
        (note("where", "Where it can be found", true))
        label { "Until, if it ends" input type="date" name="until"; }
        (who(visitor))
        button type="submit" { "Record" }
    };
    form(visitor, account, "evidence", From::Account, fields)
}

pub fn terms(visitor: &Visitor, account: &str) -> Markup {
    let choice = |name: &str, text: &str| html! { label { input type="checkbox" name=(name) value="yes"; " " (text) } };
    let fields = html! {
        label { "Days from the invoice to its due date" input.short type="text" name="net_days" inputmode="numeric" required; }
        (note("where", "Where the agreement can be found", true))
        label { "Agreed on; empty: today" input type="date" name="agreed_on"; }
        label { "Until, if it ends" input type="date" name="until"; }
        (choice("signed", "signed by the customer"))
        (choice("fee", "a fee for being late was agreed"))
        label { "Interest for late money that was agreed, percent a year; empty: none" input.short type="text" name="interest" inputmode="decimal"; }
        (who(visitor))
        button type="submit" { "Record" }
    };
    form(visitor, account, "terms", From::Account, fields)
}

pub fn decide(visitor: &Visitor, account: &str, application: &str) -> Markup {
    let fields = html! {
        input type="hidden" name="application" value=(application);
        (note("reason", "Reason", true))
        label { "Until, if it is granted and ends" input type="date" name="until"; }
        (who(visitor))
        div.buttons {
            button type="submit" name="verdict" value="grant" { "Grant" }
            button.quiet type="submit" name="verdict" value="refuse" { "Refuse" }
        }
    };
    form(visitor, account, "decide", From::Account, fields)
}

pub fn engage(visitor: &Visitor, account: &str) -> Markup {
    let fields = html! {
        label { "Kind"
            select name="kind" required {
                option value="appointment" { "appointment" }
                option value="order" { "order" }
            }
        }
        (name("engagement", "Its name"))
        label { "On" input type="date" name="on" required; }
        (money())
        (note("payer", "Who else pays, if somebody does", false))
        (note("member", "The member's number there", false))
        (who(visitor))
        button type="submit" { "Record" }
    };
    form(visitor, account, "engage", From::Account, fields)
}

pub fn over(visitor: &Visitor, account: &str, engagement: &str) -> Markup {
    let fields = html! {
        input type="hidden" name="engagement" value=(engagement);
        (note("reason", "It took place, or was called off", true))
        (who(visitor))
        button type="submit" { "It is over" }
    };
    form(visitor, account, "over", From::Account, fields)
}

fn name(field: &str, text: &str) -> Markup {
    html! { label { (text) input.medium type="text" name=(field) required maxlength=(NAME_LEN_MAX); } }
}

fn money() -> Markup {
    html! {
        label { "Amount" input.short type="text" name="amount" inputmode="decimal" required placeholder="1200.00"; }
        label { "Currency" input.short type="text" name="currency" required maxlength="3" value="EUR"; }
    }
}
