//! An outgoing letter as one HTML file that prints as it is: address field for a window envelope (DIN 5008, form B),
//! nothing loaded from elsewhere.

use std::fmt::Write;

/// Everything that goes onto a letter.
pub struct Letter<'a> {
    /// BCP 47, empty when unknown.
    pub language: &'a str,
    /// A sheet of the recipient's country: Letter in the United States and Canada, A4 elsewhere.
    pub country: &'a str,
    pub sender: &'a str,
    pub sender_address: &'a [String],
    pub recipient: &'a str,
    pub recipient_address: &'a [String],
    /// ISO 8601, which is read alike everywhere.
    pub date: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    /// Instead of the text, where the host wrote one: a document or a part of one.
    pub html: Option<&'a str>,
}

const STYLE: &str = "\
body { margin: 0; font: 11pt/1.4 Georgia, 'Times New Roman', serif; color: #000; background: #fff; }
.sender { font-size: 8pt; border-bottom: 0.5pt solid #000; }
.address { height: 45mm; width: 85mm; margin-top: 20mm; white-space: pre-line; }
.date { text-align: right; margin: 5mm 0 10mm; }
h1 { font-size: 12pt; margin: 0 0 6mm; }
p { margin: 0 0 4mm; }
.text { white-space: pre-line; }
@media screen { body { max-width: 165mm; margin: 10mm auto; padding: 0 10mm; } }
@media print { table, tr, p { break-inside: avoid; } }";

impl Letter<'_> {
    pub fn write(&self) -> String {
        let sheet = if matches!(self.country, "US" | "CA") { "letter" } else { "A4" };
        let mut page = String::with_capacity(4096 + self.text.len() + self.html.map_or(0, str::len));
        let language = match self.language {
            "" => String::new(),
            language => format!(" lang=\"{}\"", escaped(language)),
        };
        let sender = std::iter::once(self.sender).chain(self.sender_address.iter().map(String::as_str));
        let sender = sender.collect::<Vec<_>>().join(" \u{b7} ");
        let address = std::iter::once(self.recipient).chain(self.recipient_address.iter().map(String::as_str));
        let address = address.collect::<Vec<_>>().join("\n");
        let body = match self.html {
            Some(html) => inner(html).to_owned(),
            None => paragraphs(self.text),
        };
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "<!doctype html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
             <title>{title}</title>\n<style>\n@page {{ size: {sheet}; margin: 25mm 20mm 20mm 25mm; }}\n{STYLE}\n</style>\n\
             </head>\n<body>\n<div class=\"address\"><span class=\"sender\">{sender}</span>\n\n{address}</div>\n\
             <div class=\"date\">{date}</div>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n",
            title = escaped(self.subject),
            sender = escaped(&sender),
            address = escaped(&address),
            date = escaped(self.date),
        );
        page
    }
}

/// What stands in the body of a document; the whole of a part.
fn inner(html: &str) -> &str {
    let lower = html.to_ascii_lowercase();
    let Some(start) = lower.find("<body").and_then(|tag| Some(tag + lower[tag..].find('>')? + 1)) else {
        return html.trim();
    };
    let end = lower.rfind("</body").filter(|end| *end >= start).unwrap_or(html.len());
    html[start..end].trim()
}

fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|paragraph| format!("<p class=\"text\">{}</p>", escaped(paragraph))).collect::<Vec<_>>().join("\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_gives_its_body_and_a_part_itself() {
        assert_eq!(inner("<html><BODY class=x>\n<p>a</p> </Body></html>"), "<p>a</p>");
        assert_eq!(inner(" <p>a</p>\n"), "<p>a</p>");
        assert_eq!(inner("<body><p>a"), "<p>a");
    }

    #[test]
    fn text_becomes_paragraphs_and_no_markup() {
        assert_eq!(
            paragraphs("a < b\r\nc\r\n\r\n\r\n& d\n"),
            "<p class=\"text\">a &lt; b\nc</p>\n<p class=\"text\">&amp; d</p>"
        );
    }
}
