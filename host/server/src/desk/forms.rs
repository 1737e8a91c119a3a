//! The forms by which people act. Each carries the visitor's proof and asks for a name, which the journal keeps.

pub mod agreed;
pub mod upfront;
pub mod work;

use escalation::id::NAME_LEN_MAX;
use maud::{Markup, html};

use crate::api::account::{DisputeView, PaymentView};
use crate::api::lanes::UnreadView;
use crate::api::needs::OpenView;
use crate::web::guard::Visitor;
use crate::web::limits::{FACT_BYTES_MAX, NOTE_CHARS_MAX, WHO_CHARS_MAX};
use crate::web::link;

/// The page that a form stands on, and comes back to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    Account,
    Needs,
    Plugins,
    Tasks,
}

impl From {
    /// What the form says of the page, where its act does not come back to the account.
    fn page(self) -> Option<&'static str> {
        match self {
            Self::Needs => Some("needs"),
            Self::Tasks => Some("tasks"),
            Self::Account | Self::Plugins => None,
        }
    }
}

pub fn block(visitor: &Visitor, account: &str) -> Markup {
    form(
        visitor,
        account,
        "block",
        From::Account,
        html! {
            (note("reason", "Reason", true))
            label { "Until, if it ends by itself" input type="date" name="until"; }
            (who(visitor))
            button type="submit" { "Block dunning" }
        },
    )
}

pub fn unblock(visitor: &Visitor, account: &str) -> Markup {
    form(
        visitor,
        account,
        "unblock",
        From::Account,
        html! {
            (note("reason", "Reason", true))
            (who(visitor))
            button type="submit" { "Lift the block" }
        },
    )
}

/// What protects the debtor from now on.
pub fn protect(visitor: &Visitor, account: &str) -> Markup {
    form(
        visitor,
        account,
        "protect",
        From::Account,
        html! {
            label { "What is the case"
                select name="kind" required {
                    option value="attorney" { "an attorney speaks for the debtor" }
                    option value="insolvency" { "insolvency proceedings are open" }
                    option value="deceased" { "the debtor has died" }
                    option value="moratorium" { "a moratorium protects the debtor" }
                }
            }
            (note("note", "Who said so, name or file number", true))
            label { "Last day, if it ends by itself" input type="date" name="until"; }
            (who(visitor))
            button type="submit" { "Put on record" }
        },
    )
}

pub fn unprotect(visitor: &Visitor, account: &str, kind: &str) -> Markup {
    form(
        visitor,
        account,
        "unprotect",
        From::Account,
        html! {
            input type="hidden" name="kind" value=(kind);
            (note("reason", "Reason", true))
            (who(visitor))
            button type="submit" { "It has ended" }
        },
    )
}

/// The debtor wants to be contacted again.
pub fn lift_stop(visitor: &Visitor, account: &str, medium: &str) -> Markup {
    form(
        visitor,
        account,
        "lift-stop",
        From::Account,
        html! {
            input type="hidden" name="medium" value=(medium);
            (note("reason", "Proof of the debtor's own word", true))
            (who(visitor))
            button type="submit" { "May be used again" }
        },
    )
}

pub fn resolve(visitor: &Visitor, account: &str, dispute: &DisputeView) -> Markup {
    form(
        visitor,
        account,
        "resolve",
        From::Account,
        html! {
            input type="hidden" name="dispute" value=(dispute.id);
            label { "Outcome"
                select name="outcome" required {
                    option value="upheld" { "upheld: the debtor was right" }
                    option value="partial" { "partly right" }
                    option value="rejected" { "rejected: the invoice stands" }
                    option value="withdrawn" { "withdrawn by the debtor" }
                }
            }
            (note("note", "Note", false))
            (who(visitor))
            button type="submit" { "Resolve" }
        },
    )
}

/// Gives the rest of a payment, or a part of it, to an invoice.
pub fn assign(visitor: &Visitor, account: &str, payment: &PaymentView, items: &[OpenView], from: From) -> Markup {
    let Some(rest) = &payment.unapplied else { return html! {} };
    let fitting: Vec<_> = items.iter().filter(|item| item.open.currency == rest.currency).collect();
    if fitting.is_empty() {
        return html! { p.soft { "This account has no open invoice in " (rest.currency) " that could take it." } };
    }
    form(
        visitor,
        account,
        "assign",
        from,
        html! {
            input type="hidden" name="payment" value=(payment.id);
            label { "To invoice"
                select name="invoice" required {
                    @for item in fitting { option value=(item.invoice) { (item.invoice) ", " (item.open.text) " open" } }
                }
            }
            label { "Amount; empty: as much as fits" input.short type="text" name="amount" inputmode="decimal" placeholder=(rest.text); }
            (who(visitor))
            button type="submit" { "Assign" }
        },
    )
}

/// Takes a payment that nothing was done with to the account that it was meant for.
pub fn move_to(visitor: &Visitor, account: &str, payment: &PaymentView, from: From) -> Markup {
    if payment.unapplied.as_ref() != Some(&payment.amount) {
        return html! {};
    }
    form(
        visitor,
        account,
        "move",
        from,
        html! {
            input type="hidden" name="payment" value=(payment.id);
            label.grow { "Or to another account" input type="text" name="to" required maxlength=(NAME_LEN_MAX) placeholder="Account id"; }
            (who(visitor))
            button.quiet type="submit" { "Move" }
        },
    )
}

/// `Ada approved it; a second person has to.`
pub fn approved_by(people: &[String]) -> String {
    format!("{} approved it; a second person has to.", people.join(" and "))
}

/// Agrees to an effect that does not go out by itself.
pub fn approve(visitor: &Visitor, account: &str, key: &str, from: From) -> Markup {
    form(
        visitor,
        account,
        "approve",
        from,
        html! {
            input type="hidden" name="key" value=(key);
            (who(visitor))
            button type="submit" { "Approve" }
        },
    )
}

/// How an effect with an unknown outcome ended.
pub fn settle(visitor: &Visitor, account: &str, key: &str, from: From) -> Markup {
    form(
        visitor,
        account,
        "settle",
        from,
        html! {
            input type="hidden" name="key" value=(key);
            (note("note", "How do you know?", true))
            (who(visitor))
            div.buttons {
                button type="submit" name="happened" value="yes" { "It happened" }
                button.quiet type="submit" name="happened" value="no" { "It did not happen" }
            }
        },
    )
}

/// Takes a parked account up again.
pub fn retry(visitor: &Visitor, account: &str, from: From) -> Markup {
    form(
        visitor,
        account,
        "repair",
        from,
        html! {
            (note("reason", "What was mended?", true))
            (who(visitor))
            button type="submit" name="act" value="retry" { "Try again" }
        },
    )
}

/// Passes over an unread event, or puts another fact in its place.
pub fn pass_over(visitor: &Visitor, account: &str, event: &UnreadView, from: From) -> Markup {
    let fact = serde_json::to_string_pretty(&event.fact).unwrap_or_default();
    form(
        visitor,
        account,
        "repair",
        from,
        html! {
            input type="hidden" name="seq" value=(event.seq);
            label.grow { "The fact as it should be read" textarea name="fact" rows="6" maxlength=(FACT_BYTES_MAX) { (fact) } }
            (note("reason", "Reason", true))
            (who(visitor))
            div.buttons {
                button type="submit" name="act" value="edit" { "Read this instead" }
                button.quiet type="submit" name="act" value="skip" { "Pass it over" }
            }
        },
    )
}

/// Closes an invoice that is missing at its source.
pub fn close(visitor: &Visitor, account: &str, invoice: &str, from: From) -> Markup {
    form(
        visitor,
        account,
        "close",
        from,
        html! {
            input type="hidden" name="invoice" value=(invoice);
            (who(visitor))
            button type="submit" { "Nothing is owed on it" }
        },
    )
}

/// Begins or ends the reading in of history.
pub fn backfill(visitor: &Visitor, plugin: &str, begins: bool) -> Markup {
    html! {
        form.act method="post" action=(format!("/plugins/{}/backfill", link::part(plugin))) {
            (proof(visitor))
            (who(visitor))
            @if begins {
                button.quiet type="submit" name="act" value="begin" { "Begin a backfill" }
            } @else {
                button type="submit" name="act" value="end" { "End the backfill" }
            }
        }
    }
}

/// Asks a source for everything that it has.
pub fn reconcile(visitor: &Visitor, connection: &str) -> Markup {
    html! {
        form.act method="post" action="/totals/reconcile" {
            (proof(visitor))
            input type="hidden" name="connection" value=(connection);
            (who(visitor))
            button.quiet type="submit" { "Reconcile " (connection) " now" }
        }
    }
}

pub fn resume(visitor: &Visitor, connection: &str, from: From) -> Markup {
    turn(visitor, connection, "resume", from, html! { button type="submit" { "Resume" } })
}

pub fn pause(visitor: &Visitor, connection: &str) -> Markup {
    let fields = html! {
        (note("reason", "Reason", true))
        (who(visitor))
        button type="submit" { "Pause" }
    };
    turn(visitor, connection, "pause", From::Plugins, fields)
}

fn turn(visitor: &Visitor, connection: &str, act: &str, from: From, fields: Markup) -> Markup {
    html! {
        form.act method="post" action=(format!("/plugins/{}/turn", link::part(connection))) {
            (proof(visitor))
            input type="hidden" name="act" value=(act);
            @if let Some(page) = from.page() { input type="hidden" name="from" value=(page); }
            (fields)
        }
    }
}

pub(super) fn form(visitor: &Visitor, account: &str, act: &str, from: From, fields: Markup) -> Markup {
    html! {
        form.act method="post" action=(format!("{}/{act}", link::account(account))) {
            (proof(visitor))
            @if let Some(page) = from.page() { input type="hidden" name="from" value=(page); }
            (fields)
        }
    }
}

fn proof(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="proof" value=(visitor.form_proof); }
}

pub(super) fn note(name: &str, text: &str, required: bool) -> Markup {
    html! { label.grow { (text) input type="text" name=(name) required[required] maxlength=(NOTE_CHARS_MAX); } }
}

pub(super) fn who(visitor: &Visitor) -> Markup {
    html! { label { "Your name" input.medium type="text" name="who" value=(visitor.who) required maxlength=(WHO_CHARS_MAX) autocomplete="name"; } }
}
