//! A letter as HTML for e-mail: tables as tables, no script, no picture, nothing loaded from anywhere.

use std::fmt::Write as _;

use crate::sheet::{Part, Payment, Signature, Table};

/// A whole document. Every text is escaped; styles stand at the elements, because mail readers drop style sheets.
pub fn html(subject: &str, parts: &[Part], language: &str) -> String {
    let mut body = String::new();
    for part in parts {
        match part {
            Part::Head { text } | Part::Paragraph { text, .. } => paragraph(&mut body, text, ""),
            Part::Heading { text } => {
                put(&mut body, format_args!("<h2 style=\"font-size:16px\">{}</h2>\n", escape(text)))
            }
            Part::Table(list) => table(&mut body, list),
            Part::Payment(box_) => payment(&mut body, box_),
            Part::Signature(signature) => sign(&mut body, signature),
            Part::SignHere { rows } => {
                for row in rows {
                    paragraph(&mut body, &format!("{row} ____________"), "");
                }
            }
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n\
         <body style=\"font-family:'Open Sans',Arial,sans-serif;font-size:15px;line-height:1.5;color:#1a1a1a;max-width:640px\">\n{body}</body></html>\n",
        escape(language),
        escape(subject)
    )
}

fn table(out: &mut String, table: &Table) {
    const CELL: &str = "padding:4px 8px;border-bottom:1px solid #d8dde3;vertical-align:top";
    let align = |column: usize| if table.numbers.get(column).copied().unwrap_or(false) { "right" } else { "left" };
    out.push_str("<table style=\"border-collapse:collapse;width:100%\"><thead><tr>");
    for (column, head) in table.head.iter().enumerate() {
        put(out, format_args!("<th scope=\"col\" style=\"{CELL};text-align:{}\">{}</th>", align(column), escape(head)));
    }
    out.push_str("</tr></thead><tbody>\n");
    let before = table.head.len().saturating_sub(1);
    for row in &table.rows {
        out.push_str("<tr>");
        for (column, cell) in row.cells.iter().enumerate() {
            let (span, side) = match (row.wide, column) {
                (true, 0) => (before, "left"),
                (true, _) => (1, "right"),
                (false, column) => (1, align(column)),
            };
            put(out, format_args!("<td colspan=\"{span}\" style=\"{CELL};text-align:{side}\">{}</td>", escape(cell)));
        }
        out.push_str("</tr>\n");
    }
    for sum in &table.sums {
        let weight = if sum.strong { "bold" } else { "normal" };
        let style = format!("padding:4px 8px;font-weight:{weight};text-align");
        let (label, amount) = (escape(&sum.label), escape(&sum.amount));
        put(
            out,
            format_args!(
                "<tr><td colspan=\"{before}\" style=\"{style}:left\">{label}</td><td style=\"{style}:right\">{amount}</td></tr>\n"
            ),
        );
    }
    out.push_str("</tbody></table>\n");
}

fn payment(out: &mut String, payment: &Payment) {
    out.push_str("<table style=\"border-collapse:collapse;background:#f3f5f8;margin:16px 0\"><tbody>\n");
    for (label, value) in &payment.rows {
        let (label, value) = (escape(label), escape(value));
        put(
            out,
            format_args!(
                "<tr><th scope=\"row\" style=\"padding:4px 16px 4px 12px;text-align:left;font-weight:normal\">{label}</th><td style=\"padding:4px 12px;font-weight:bold\">{value}</td></tr>\n"
            ),
        );
    }
    out.push_str("</tbody></table>\n");
}

fn sign(out: &mut String, signature: &Signature) {
    let mut lines = vec![signature.closing.as_str(), &signature.name];
    lines.extend(Some(signature.on_behalf.as_str()).filter(|line| !line.is_empty()));
    lines.extend(signature.lines.iter().map(String::as_str));
    paragraph(out, &lines.join("\n"), "");
    paragraph(out, &signature.privacy, "font-size:12px;color:#555");
}

fn paragraph(out: &mut String, text: &str, style: &str) {
    let style = if style.is_empty() { String::new() } else { format!(" style=\"{style}\"") };
    put(out, format_args!("<p{style}>{}</p>\n", escape(text).replace('\n', "<br>\n")));
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a text cannot fail.
    let _ = out.write_fmt(text);
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_text() {
        let parts = [Part::Head { text: "Dear <script>alert(1)</script>".to_owned() }];
        let html = html("\"><b>", &parts, "en");
        assert!(html.contains("&lt;script&gt;"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }
}
