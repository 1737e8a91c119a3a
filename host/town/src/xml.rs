//! XML: a writer small enough to read the documents in the code that writes them.

use quick_xml::escape::escape;

/// A document under construction.
pub(crate) struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    /// `attributes` as they stand in the root's tag, namespaces for the most part.
    pub(crate) fn document(root: &str, attributes: &str, body: impl FnOnce(&mut Xml)) -> String {
        let mut xml = Xml { text: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), depth: 0 };
        xml.tag(root, attributes, body);
        xml.text
    }

    pub(crate) fn group(&mut self, name: &str, body: impl FnOnce(&mut Xml)) {
        self.tag(name, "", body);
    }

    pub(crate) fn leaf(&mut self, name: &str, value: impl AsRef<str>) {
        self.leaf_with(name, "", value);
    }

    pub(crate) fn leaf_with(&mut self, name: &str, attributes: &str, value: impl AsRef<str>) {
        self.indent();
        self.open(name, attributes);
        self.text.push_str(&escape(value.as_ref()));
        self.close(name);
    }

    /// A leaf if there is something to say.
    pub(crate) fn leaf_if(&mut self, name: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.leaf(name, value);
        }
    }

    fn tag(&mut self, name: &str, attributes: &str, body: impl FnOnce(&mut Xml)) {
        self.indent();
        self.open(name, attributes);
        self.text.push('\n');
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.indent();
        self.close(name);
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn open(&mut self, name: &str, attributes: &str) {
        self.text.push('<');
        self.text.push_str(name);
        if !attributes.is_empty() {
            self.text.push(' ');
            self.text.push_str(attributes);
        }
        self.text.push('>');
    }

    fn close(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }
}

/// Minor units as a plain decimal with a point: the currencies of this town all have two decimals.
pub(crate) fn decimal(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_nested() {
        let text = Xml::document("a", "x=\"1\"", |xml| xml.group("b", |xml| xml.leaf("c", "Print & Sign <LLC>")));
        assert!(text.ends_with("<a x=\"1\">\n  <b>\n    <c>Print &amp; Sign &lt;LLC&gt;</c>\n  </b>\n</a>\n"));
        assert_eq!([decimal(5), decimal(-12_345), decimal(1_000)], ["0.05", "-123.45", "10.00"]);
    }
}
