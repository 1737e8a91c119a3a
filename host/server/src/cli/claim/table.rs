//! The answer to `dunlin claim` for people: each step in a row, so that it can be followed by hand.

use super::view::View;

pub fn lines(view: &View) -> Vec<String> {
    let pack = view.pack.as_ref().map_or("no pack".to_owned(), |version| format!("pack {version}"));
    let currency = &view.currency;
    let mut lines = vec![format!(
        "{} {currency} due {}, owed by a {} in {} as of {} ({pack})",
        view.amount,
        view.due,
        view.debtor.as_str(),
        view.country,
        view.as_of
    )];
    head(&mut lines, "interest, day by day", view.segments.is_empty());
    for one in &view.segments {
        let days = format!("{} to {}", one.from, one.to);
        let sum = format!("{} x {} % x {} days, {}", one.principal, one.rate, one.days, one.day_count);
        lines.push(format!("  {days:<24}  {sum:<44}  {:>16}", one.amount));
        lines.push(format!("  {:<24}  {} ({}, {})", "", one.note, one.source, one.certainty));
    }
    if let Some(arisen) = view.arisen.as_ref().filter(|_| !view.segments.is_empty()) {
        lines.push(format!("  {:<24}  {:<44}  {:>16}", "", "together, rounded once", arisen.interest));
    }
    head(&mut lines, "payments", view.payments.is_empty());
    for paid in &view.payments {
        lines.push(format!(
            "  {}  {:>14}  costs {}, interest {}, principal {}, left over {}",
            paid.on, paid.amount, paid.costs, paid.interest, paid.principal, paid.unapplied
        ));
    }
    head(&mut lines, "rules", view.rules.is_empty());
    for rule in &view.rules {
        let amount = rule.amount.as_deref().unwrap_or("");
        lines.push(format!("  {amount:>14}  {}: {}", rule.id, rule.text));
        lines.push(format!("  {:>14}  ({}; {})", "", rule.source, rule.certainty));
    }
    head(&mut lines, "owed", false);
    let parts = [
        ("principal", &view.principal_open),
        ("interest", &view.interest),
        ("fees", &view.fees),
        ("compensation", &view.compensation),
        ("total", &view.total),
    ];
    for (name, part) in parts {
        match part {
            Some(part) => lines.push(format!("  {name:<14}{part:>16} {currency}")),
            None => lines.push(format!("  {name:<14}{:>16}", "not computed")),
        }
    }
    lines
}

fn head(lines: &mut Vec<String>, head: &str, empty: bool) {
    if !empty {
        lines.push(String::new());
        lines.push(head.to_owned());
    }
}
