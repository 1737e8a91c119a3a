//! What was agreed beside a promise, told: plans, settlements, write-offs, goods that come back, small differences.

use escalation::Fact;
use escalation::allowance::{self, ItemAmount};

use super::Told;

pub(super) fn told(fact: &Fact) -> Option<Told> {
    let agreed = || plan(fact).or_else(|| settlement(fact)).or_else(|| lost(fact));
    let (topic, text, detail) = money(fact).or_else(|| level(fact)).or_else(agreed)?;
    Some(Told { topic, text, detail })
}

type Line = Option<(&'static str, String, String)>;

fn money(fact: &Fact) -> Line {
    Some(match fact {
        Fact::AmountAllowed { invoice, allowance } => {
            let text = format!("{} of invoice {invoice} let off: {}", allowance.amount, allowance.kind.as_str());
            ("money", text, allowance.because.clone())
        }
        Fact::Charged { charge } => {
            let text = format!("{} of {} claimed for invoice {}", charge.kind.as_str(), charge.amount, charge.invoice);
            ("money", text, format!("{} ({})", charge.title, charge.source))
        }
        Fact::OverpaymentKept { payment } => {
            ("money", "Small overpayment kept for the next invoice".to_owned(), payment.to_string())
        }
        Fact::CashInAdvanceRequired { reason } => {
            ("credit", "Orders against cash in advance only".to_owned(), reason.clone())
        }
        Fact::CashInAdvanceLifted { reason } => ("credit", "Credit terms are back".to_owned(), reason.clone()),
        _ => return None,
    })
}

fn level(fact: &Fact) -> Line {
    let (topic, text, detail) = match fact {
        Fact::LevelProposed { level, invoices, .. } => {
            let about: Vec<&str> = invoices.iter().map(|number| number.as_str()).collect();
            ("level", format!("People are asked about level `{level}`"), about.join(", "))
        }
        Fact::LevelApproved { level } => ("person", format!("Level `{level}` approved"), String::new()),
        Fact::LevelDeclined { level, because } => ("person", format!("Level `{level}` declined"), because.clone()),
        Fact::ProposalEnded { level, because } => {
            ("level", format!("Nobody is asked about level `{level}` any more"), because.clone())
        }
        _ => return None,
    };
    Some((topic, text, detail))
}

fn plan(fact: &Fact) -> Line {
    let (text, detail) = match fact {
        Fact::PlanAgreed { plan } => {
            let text = format!("Payment plan of {} instalments ({})", plan.instalments.len(), plan.hardship);
            (text, plan.text.clone())
        }
        Fact::PlanCancelled { because, .. } => ("Payment plan ended by a person".to_owned(), because.clone()),
        Fact::PlanRefused { because, .. } => ("Payment plan not accepted".to_owned(), because.clone()),
        Fact::InstalmentMissed { due_on, missing, .. } => {
            (format!("Instalment of {due_on} missed"), format!("{missing} is not here"))
        }
        Fact::PlanKept { .. } => ("Payment plan kept".to_owned(), String::new()),
        Fact::PlanBroken { because, .. } => ("Payment plan broken".to_owned(), because.clone()),
        _ => return None,
    };
    Some(("promise", text, detail))
}

fn settlement(fact: &Fact) -> Line {
    let (text, detail) = match fact {
        Fact::SettlementOffered { settlement } => {
            let text = format!("Settlement offered: {} by {}", settlement.amount, settlement.pay_by);
            (text, settlement.because.clone())
        }
        Fact::SettlementAccepted { because, .. } => ("Settlement agreed".to_owned(), because.clone()),
        Fact::SettlementApproved { .. } => {
            ("Settlement approved; it counts if another person offered it".to_owned(), String::new())
        }
        Fact::SettlementDeclined { because, .. } => ("Settlement declined".to_owned(), because.clone()),
        Fact::SettlementKept { .. } => ("Settlement paid: the rest is let off".to_owned(), String::new()),
        Fact::SettlementFailed { because, .. } => ("Settlement failed: all of it is owed".to_owned(), because.clone()),
        _ => return None,
    };
    Some(("promise", text, detail))
}

fn lost(fact: &Fact) -> Line {
    Some(match fact {
        Fact::WriteOffProposed { write_off } => {
            let text = format!("Proposed for write-off: {}", amounts(&write_off.items));
            ("money", text, write_off.because.clone())
        }
        Fact::WriteOffApproved { write_off } => {
            let text = "Write-off approved; it counts if another person proposed it".to_owned();
            ("money", text, write_off.to_string())
        }
        Fact::WriteOffDeclined { because, .. } => ("money", "Write-off declined".to_owned(), because.clone()),
        Fact::WriteOffRecovered { payment, invoice, amount } => {
            let text = format!("{amount} came after invoice {invoice} was written off");
            ("money", text, payment.to_string())
        }
        Fact::ReturnOffered { offer } => {
            let text = format!("Offered to take back `{}` for {} until {}", offer.goods, offer.value, offer.until);
            ("invoice", text, offer.invoice.to_string())
        }
        Fact::GoodsReceived { offer, value } => {
            let worth = value.map_or(String::new(), |value| format!(", worth {value}"));
            ("invoice", format!("Goods came back{worth}"), offer.to_string())
        }
        Fact::ReturnLapsed { because, .. } => ("invoice", "Goods did not come back".to_owned(), because.clone()),
        _ => return None,
    })
}

fn amounts(items: &[ItemAmount]) -> String {
    let numbers: Vec<&str> = items.iter().map(|one| one.invoice.as_str()).collect();
    let currency = items.first().map(|one| one.amount.currency);
    let total = currency.map(|currency| escalation::Money::new(allowance::total(items), currency));
    total.map_or(String::new(), |total| format!("{total} of {}", numbers.join(", ")))
}
