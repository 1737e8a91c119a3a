//! XML as a small tree: names by namespace, everything bounded, no document type, no entities of the sender's own.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use super::Flaw;

/// Elements within elements.
const MAX_DEPTH: usize = 48;
/// Elements in a document, the skipped ones too.
const MAX_ELEMENTS: u32 = 1_000_000;
/// Elements that are kept.
const MAX_KEPT: usize = 20_000;
/// Attributes of one element.
const MAX_ATTRIBUTES: usize = 32;
/// Bytes of text in one element that is kept.
const MAX_TEXT: usize = 16 << 10;
/// Bytes of a name or of the value of an attribute.
const MAX_NAME: usize = 1024;

/// What is read of a document.
pub struct Vocabulary<'v> {
    /// Namespace and the prefix that stands for it here. Elements of other namespaces are skipped.
    pub namespaces: &'v [(&'v str, &'v str)],
    /// Free texts: what is over the bound is cut off and not a reason to refuse.
    pub prose: &'v [&'v str],
    /// Elements that are skipped with all they hold.
    pub skipped: &'v [&'v str],
}

#[derive(Debug, Default)]
pub struct Element {
    /// Prefix of the vocabulary and local name, such as `cbc:ID`.
    pub name: String,
    pub line: u32,
    /// Attributes without a prefix.
    pub attributes: Vec<(String, String)>,
    /// Without the white space around each line.
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    /// All elements at the end of a path such as `cac:Party/cac:PartyName/cbc:Name`.
    pub fn all(&self, path: &str) -> Vec<&Element> {
        path.split('/').fold(vec![self], |parents, name| {
            parents.into_iter().flat_map(|parent| parent.children.iter().filter(move |e| e.name == name)).collect()
        })
    }

    /// The first element at the end of a path.
    pub fn find(&self, path: &str) -> Option<&Element> {
        self.all(path).into_iter().next()
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a document; gives its root element.
pub fn read(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Element, Flaw> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut builder = Builder::new(vocabulary);
    let mut lines = Lines { text, line: 1, counted: 0 };
    loop {
        let line = lines.at(reader.buffer_position());
        let (namespace, event) = match reader.read_resolved_event() {
            Ok(found) => found,
            Err(error) => {
                let line = lines.at(reader.error_position());
                return Err(Flaw::at(line, builder.open_name(), format!("not well-formed XML: {error}")));
            }
        };
        match event {
            Event::Start(start) => builder.start(&namespace, &start, line)?,
            Event::End(_) => builder.end(),
            Event::Text(part) => builder.text(&part.xml10_content(), line)?,
            Event::CData(part) => builder.text(&part.xml10_content(), line)?,
            Event::GeneralRef(part) => builder.reference(&part, line)?,
            Event::DocType(_) => {
                return Err(Flaw::at(line, "", "a document type is not accepted; e-invoices have none"));
            }
            Event::Eof => return builder.finish(line),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// The line of a position, counted as the reader goes on.
struct Lines<'t> {
    text: &'t str,
    line: u32,
    counted: usize,
}

impl Lines<'_> {
    fn at(&mut self, position: u64) -> u32 {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(self.text.len());
        if let Some(passed) = self.text.as_bytes().get(self.counted..position) {
            let breaks = passed.iter().filter(|&&byte| byte == b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
            self.counted = position;
        }
        self.line
    }
}

struct Builder<'v> {
    vocabulary: &'v Vocabulary<'v>,
    /// From the root to the element that is being read.
    open: Vec<Element>,
    /// How deep the reader is in something that is skipped.
    skipping: usize,
    root: Option<Element>,
    elements: u32,
    kept: usize,
}

impl<'v> Builder<'v> {
    fn new(vocabulary: &'v Vocabulary<'v>) -> Self {
        Self { vocabulary, open: Vec::new(), skipping: 0, root: None, elements: 0, kept: 0 }
    }

    fn start(&mut self, namespace: &ResolveResult<'_>, start: &BytesStart<'_>, line: u32) -> Result<(), Flaw> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(Flaw::at(line, self.open_name(), format!("more than {MAX_ELEMENTS} elements")));
        }
        if self.open.len() + self.skipping >= MAX_DEPTH {
            return Err(Flaw::at(line, self.open_name(), format!("elements are nested more than {MAX_DEPTH} deep")));
        }
        if self.root.is_some() {
            return Err(Flaw::at(line, "", "a second root element"));
        }
        let name = self.name(namespace, start, line)?;
        if self.skipping > 0 || !self.open.is_empty() && self.is_skipped(&name) {
            self.skipping += 1;
            return Ok(());
        }
        self.kept += 1;
        if self.kept > MAX_KEPT {
            return Err(Flaw::at(line, &name, format!("more than {MAX_KEPT} elements outside of the lines")));
        }
        let attributes = attributes(start, &name, line)?;
        self.open.push(Element { name, line, attributes, ..Element::default() });
        Ok(())
    }

    fn end(&mut self) {
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        let Some(mut element) = self.open.pop() else { return };
        element.text = trimmed(&element.text);
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, part: &str, line: u32) -> Result<(), Flaw> {
        if self.skipping > 0 {
            return Ok(());
        }
        let Some(element) = self.open.last_mut() else {
            return match part.trim().is_empty() {
                true => Ok(()),
                false => Err(Flaw::at(line, "", "text outside of the root element")),
            };
        };
        let room = MAX_TEXT - element.text.len();
        if part.len() > room && self.vocabulary.prose.contains(&element.name.as_str()) {
            element.text.push_str(&part[..part.floor_char_boundary(room)]);
            return Ok(());
        }
        if part.len() > room {
            return Err(Flaw::at(line, &element.name, format!("more than {MAX_TEXT} bytes of text")));
        }
        element.text.push_str(part);
        Ok(())
    }

    /// `&amp;` and `&#228;`; no document type, so there can be no others.
    fn reference(&mut self, reference: &BytesRef<'_>, line: u32) -> Result<(), Flaw> {
        if let Ok(Some(letter)) = reference.resolve_char_ref() {
            return self.text(letter.encode_utf8(&mut [0; 4]), line);
        }
        match resolve_predefined_entity(reference) {
            Some(text) => self.text(text, line),
            None => Err(Flaw::at(line, self.open_name(), format!("unknown entity `&{};`", &**reference))),
        }
    }

    fn finish(self, line: u32) -> Result<Element, Flaw> {
        match (self.open.last(), self.root) {
            (Some(open), _) => Err(Flaw::at(line, &open.name, "the document ends before this element does")),
            (None, Some(root)) => Ok(root),
            (None, None) => Err(Flaw::whole("no XML element in it")),
        }
    }

    fn name(&self, namespace: &ResolveResult<'_>, start: &BytesStart<'_>, line: u32) -> Result<String, Flaw> {
        let local = start.local_name().into_inner();
        if local.len() > MAX_NAME {
            return Err(Flaw::at(line, self.open_name(), "a name of an element that is far too long"));
        }
        let known = match namespace {
            ResolveResult::Bound(bound) => self.vocabulary.namespaces.iter().find(|(known, _)| *known == bound.0),
            ResolveResult::Unbound => None,
            ResolveResult::Unknown(prefix) => {
                return Err(Flaw::at(line, local, format!("the prefix `{prefix}` is not declared")));
            }
        };
        Ok(match known {
            Some((_, prefix)) => format!("{prefix}:{local}"),
            None => local.to_owned(),
        })
    }

    fn is_skipped(&self, name: &str) -> bool {
        !name.contains(':') || self.vocabulary.skipped.contains(&name)
    }

    fn open_name(&self) -> &str {
        self.open.last().map_or("", |element| element.name.as_str())
    }
}

fn attributes(start: &BytesStart<'_>, name: &str, line: u32) -> Result<Vec<(String, String)>, Flaw> {
    let mut found = Vec::new();
    for (count, attribute) in start.attributes().enumerate() {
        if count >= MAX_ATTRIBUTES {
            return Err(Flaw::at(line, name, format!("more than {MAX_ATTRIBUTES} attributes")));
        }
        let attribute = attribute.map_err(|error| Flaw::at(line, name, format!("not well-formed XML: {error}")))?;
        let key = attribute.key.into_inner();
        if key.contains(':') || key == "xmlns" {
            continue;
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| Flaw::at(line, name, format!("attribute `{key}` cannot be read: {error}")))?;
        if key.len() > MAX_NAME || value.len() > MAX_NAME {
            return Err(Flaw::at(line, name, "an attribute that is far too long"));
        }
        found.push((key.to_owned(), value.trim().to_owned()));
    }
    Ok(found)
}

/// Indentation is the sender's taste and not part of what is said.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Vocabulary<'static> =
        Vocabulary { namespaces: &[("urn:a", "a"), ("urn:b", "b")], prose: &["a:Note"], skipped: &["a:Big"] };

    fn flaw(text: &str) -> String {
        read(text, &WORDS).unwrap_err().to_string()
    }

    #[test]
    fn names_go_by_namespace_and_not_by_prefix() {
        let own = read("<R xmlns='urn:a' xmlns:q='urn:b'><q:X id='1'> v </q:X></R>", &WORDS).unwrap();
        let other = read("<w:R xmlns:w='urn:a'><X xmlns='urn:b' id='1'>v</X></w:R>", &WORDS).unwrap();
        for root in [own, other] {
            assert_eq!(root.name, "a:R");
            let found = root.find("b:X").unwrap();
            assert_eq!((found.text.as_str(), found.attribute("id")), ("v", Some("1")));
        }
    }

    #[test]
    fn text_is_put_together_from_its_parts() {
        let root = read("<R xmlns='urn:a'>\n  A &amp; B<![CDATA[ <C>]]>\n  &#228;\n</R>", &WORDS).unwrap();
        assert_eq!(root.text, "A & B <C>\nä");
    }

    #[test]
    fn big_and_foreign_parts_are_skipped_and_lines_are_counted() {
        let text = "<R xmlns='urn:a' xmlns:z='urn:z'>\n<Big><Big/><X/></Big>\n<z:E><X/></z:E>\n<X>1</X><X>2</X></R>";
        let root = read(text, &WORDS).unwrap();
        let found: Vec<_> = root.all("a:X").iter().map(|x| (x.text.clone(), x.line)).collect();
        assert_eq!(found, [("1".to_owned(), 4), ("2".to_owned(), 4)]);
        assert_eq!(root.children.len(), 2);
    }

    #[test]
    fn what_is_not_sound_is_refused_with_its_line() {
        assert!(
            flaw("<!DOCTYPE R [<!ENTITY x 'y'>]>\n<R xmlns='urn:a'>&x;</R>").starts_with("line 1: a document type")
        );
        assert_eq!(flaw("<R xmlns='urn:a'>\n<X>&x;</X></R>"), "line 2, `a:X`: unknown entity `&x;`");
        assert!(flaw("<R xmlns='urn:a'>\n<X></R>").starts_with("line 2, `a:X`: not well-formed"));
        assert!(flaw("<R xmlns='urn:a'>\n<X>").starts_with("line 2, `a:X`: the document ends"));
        assert!(flaw("<R xmlns='urn:a'/>\n<R/>").starts_with("line 2: a second root"));
        assert!(flaw("<q:R/>").contains("`q` is not declared"));
        assert_eq!(flaw("  "), "no XML element in it");
        assert!(flaw("number;amount").contains("outside of the root"));
    }

    #[test]
    fn everything_has_a_bound() {
        let deep = format!("<R xmlns='urn:a'>{}", "<X>".repeat(MAX_DEPTH));
        assert!(flaw(&deep).contains("deep"));
        let deep_in_skipped = format!("<R xmlns='urn:a'><Big>{}", "<X>".repeat(MAX_DEPTH));
        assert!(flaw(&deep_in_skipped).contains("deep"));
        let long = format!("<R xmlns='urn:a'>{}</R>", "x".repeat(MAX_TEXT + 1));
        assert!(flaw(&long).contains("bytes of text"));
        let note = format!("<Note xmlns='urn:a'>{}</Note>", "ä".repeat(MAX_TEXT));
        assert_eq!(read(&note, &WORDS).unwrap().text.len(), MAX_TEXT);
        let many = format!("<R xmlns='urn:a'>{}</R>", "<X/>".repeat(MAX_KEPT));
        assert!(flaw(&many).contains("outside of the lines"));
        let wide: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" a{n}=''")).collect();
        assert!(flaw(&format!("<R xmlns='urn:a'><X{wide}/></R>")).contains("attributes"));
    }
}
