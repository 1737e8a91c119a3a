//! A letter as plain text: what an e-mail shows where HTML is not wanted.

use crate::sheet::{Part, Table};

/// The body, paragraphs with a blank line between them.
pub fn text(parts: &[Part]) -> String {
    let mut paragraphs: Vec<String> = Vec::new();
    for part in parts {
        match part {
            Part::Head { text } | Part::Heading { text } | Part::Paragraph { text, .. } => {
                paragraphs.push(text.clone())
            }
            Part::Table(table) => paragraphs.extend(lines(table)),
            Part::Payment(payment) => paragraphs.push(
                payment.rows.iter().map(|(label, value)| format!("{label}: {value}")).collect::<Vec<_>>().join("\n"),
            ),
            Part::Signature(signature) => {
                let mut lines = vec![signature.closing.clone(), signature.name.clone()];
                lines.extend(Some(signature.on_behalf.clone()).filter(|line| !line.is_empty()));
                lines.extend(signature.lines.iter().cloned());
                paragraphs.push(lines.join("\n"));
                paragraphs.push(signature.privacy.clone());
            }
            Part::SignHere { rows } => {
                paragraphs.push(rows.iter().map(|row| format!("{row} ____________")).collect::<Vec<_>>().join("\n\n"))
            }
        }
    }
    let mut text = paragraphs.join("\n\n");
    text.push('\n');
    text
}

/// The lines of a list, then its sums.
fn lines(table: &Table) -> Vec<String> {
    let sums = table.sums.iter().map(|sum| format!("{}: {}", sum.label, sum.amount)).collect::<Vec<_>>().join("\n");
    [table.lines.join("\n"), sums].into_iter().filter(|lines| !lines.is_empty()).collect()
}
