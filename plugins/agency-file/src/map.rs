//! From the agency's records to facts, and from effects to the files that carry them.

use crate::wire::incoming::{File, Record, Transaction};
use crate::wire::{Delimiter, outgoing};
use dunlin_plugin_sdk::agency::{
    Acknowledgement, AgencyDispute, Closure, Collection, CollectionReversal, DirectPayment, Effect, Fact, Placement,
    Recall,
};
use dunlin_plugin_sdk::files::name_of_key;
use dunlin_plugin_sdk::{Batch, ControlTotal, Date, Event, Money, Outcome, Request, Result, Source};

/// What a file says. `document` is its name.
pub fn facts(document: &str, file: File) -> (Vec<Event<Fact>>, Vec<ControlTotal>) {
    let File { id, date, agency, records, sums } = file;
    let mut totals = Vec::new();
    for (currency, sum) in sums {
        for (what, minor) in [("gross", sum.gross), ("commission", sum.commission), ("net", sum.net)] {
            let figure = Money::new(minor, currency.as_str());
            let name = format!("agency {agency} file {id} {what}");
            totals.push(ControlTotal { name, stated: figure.clone(), counted: figure });
        }
    }
    let events = records.into_iter().map(|(line, record)| {
        let (key, occurred_on, digest, fact) = fact(record, &id, line, date);
        let source = Source {
            key: format!("{agency}/{key}"),
            version: None,
            digest,
            document: document.to_owned(),
            place: format!("line {line}"),
            occurred_on,
        };
        Event { source, fact }
    });
    (events.collect(), totals)
}

/// The end of the key, the day, what must agree when it comes again, and the fact.
fn fact(record: Record, file: &str, line: u64, date: Date) -> (String, Date, Option<String>, Fact) {
    match record {
        Record::Acknowledged { placement, account, status, reference: agency_reference, reason } => {
            // A placement is accepted once and recalled once; the words beside that may differ.
            let (key, digest) = (format!("K/{placement}/{status}"), format!("{account}|{status}|{agency_reference}"));
            let fact = Acknowledgement { placement, account, status, agency_reference, reason };
            (key, date, Some(digest), Fact::Acknowledged(fact))
        }
        Record::Collected { money, remittance, reference: remittance_reference } => {
            let Transaction { id: transaction, placement, account, gross, commission, net, on: collected_on } = money;
            let key = format!("C/{transaction}");
            let fact = Collection {
                placement,
                account,
                transaction,
                gross,
                commission,
                net,
                remittance,
                collected_on,
                remittance_reference,
            };
            (key, collected_on, None, Fact::Collected(fact))
        }
        Record::Reversed { money, reverses, reason } => {
            let Transaction { id: transaction, placement, account, gross, commission, net, on: reversed_on } = money;
            let key = format!("V/{transaction}");
            let fact = CollectionReversal {
                placement,
                account,
                transaction,
                reverses,
                gross,
                commission,
                net,
                reversed_on,
                reason,
            };
            (key, reversed_on, None, Fact::Reversed(fact))
        }
        Record::Returned { placement, account, reason, closed_on } => {
            let key = format!("X/{placement}");
            (key, closed_on, None, Fact::Returned(Closure { placement, account, reason, closed_on }))
        }
        Record::Disputed { placement, account, invoice, amount, reason, text } => {
            let key = format!("Q/{file}/{line}");
            (key, date, None, Fact::Disputed(AgencyDispute { placement, account, invoice, amount, reason, text }))
        }
    }
}

/// A file for the agency.
pub struct Parcel {
    pub name: String,
    pub content: Vec<u8>,
}

/// Effects by kind, each with its key.
#[derive(Default)]
struct Sorted<'a> {
    placements: Vec<(&'a str, &'a Placement)>,
    recalls: Vec<(&'a str, &'a Recall)>,
    payments: Vec<(&'a str, &'a DirectPayment)>,
}

/// The files of a batch, named after it, and one outcome for each request.
pub fn parcels(
    batch: &Batch,
    delimiter: Delimiter,
    agency: &str,
    requests: &[Request<Effect>],
) -> Result<(Vec<Parcel>, Vec<Outcome>)> {
    let name = |kind: &str| format!("{kind}-{}.csv", name_of_key(&batch.id));
    let mut sorted = Sorted::default();
    let mut outcomes = Vec::with_capacity(requests.len());
    for Request { key, effect } in requests {
        let kind = match effect {
            Effect::Place(placement) => match doubt(placement) {
                Some(reason) => {
                    outcomes.push(Outcome::rejected("control-total", reason));
                    continue;
                }
                None => {
                    sorted.placements.push((key, placement));
                    "placements"
                }
            },
            Effect::Recall(recall) => {
                sorted.recalls.push((key, recall));
                "recalls"
            }
            Effect::ReportDirectPayment(direct) => {
                sorted.payments.push((key, direct));
                "direct-payments"
            }
            Effect::Other(other) => {
                outcomes.push(Outcome::not_supported(format!("an agency file has no record for `{}`", other.kind)));
                continue;
            }
        };
        outcomes.push(Outcome::done(format!("{} for {agency}", name(kind))));
    }
    let mut parcels = Vec::new();
    if !sorted.placements.is_empty() {
        let content = outgoing::placements(batch, delimiter, &sorted.placements)?;
        parcels.push(Parcel { name: name("placements"), content });
    }
    if !sorted.recalls.is_empty() {
        let content = outgoing::recalls(batch, delimiter, &sorted.recalls)?;
        parcels.push(Parcel { name: name("recalls"), content });
    }
    if !sorted.payments.is_empty() {
        let content = outgoing::direct_payments(batch, delimiter, &sorted.payments)?;
        parcels.push(Parcel { name: name("direct-payments"), content });
    }
    Ok((parcels, outcomes))
}

/// A placement goes out only if its items come to its total.
fn doubt(placement: &Placement) -> Option<String> {
    let total = &placement.total;
    let mut sum = Money::new(0, total.currency.as_str());
    for item in &placement.items {
        match sum.checked_add(&item.open) {
            Some(more) => sum = more,
            None => return Some(format!("invoice `{}` of {} cannot be added to {sum}", item.invoice, item.open)),
        }
    }
    (sum != *total).then(|| format!("the items come to {sum} and the placement states {total}"))
}

#[cfg(test)]
mod tests;
