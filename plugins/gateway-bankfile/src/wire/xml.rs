//! A bounded XML reader: elements of one namespace, whatever their prefix, a subtree at a time.

use super::Fault;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

/// Levels of nesting; a bank statement has about fifteen.
const DEPTH_MAX: usize = 40;
/// Elements that are held at once: those of one payment, or of one header.
const HELD_MAX: u32 = 20_000;
/// Characters within one element; the longest field of a statement has 500.
const TEXT_MAX: usize = 20_000;

/// An element with everything inside it.
#[derive(Debug, Default)]
pub struct Element {
    pub name: Box<str>,
    pub line: u32,
    text: String,
    attributes: Vec<(Box<str>, Box<str>)>,
    children: Vec<Element>,
}

impl Element {
    /// The first element at the end of `path`.
    pub fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.all(name).next())
    }

    /// All children of that name.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| *child.name == *name)
    }

    /// What stands at the end of `path`, unless it is empty.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.at(path).map(|element| element.text.trim()).filter(|text| !text.is_empty())
    }

    /// What stands in this element itself.
    pub fn own_text(&self) -> &str {
        self.text.trim()
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| **key == *name).map(|(_, value)| value.trim())
    }

    pub fn keep(&mut self, child: Element) {
        self.children.push(child);
    }

    /// An error about this element.
    pub fn fault(&self, reason: impl Into<String>) -> Fault {
        Fault::at(self.line, &self.name, reason)
    }
}

/// What comes next in the document.
pub enum Step {
    /// An element begins; its attributes are there, its content is not.
    Open(Element),
    Close,
    End,
}

/// Goes through a document in one pass.
pub struct Cursor<'a> {
    source: &'a str,
    reader: NsReader<&'a [u8]>,
    /// Elements of another namespace are passed over with all they hold.
    namespace: Option<String>,
    open: Vec<Box<str>>,
    counted: usize,
    line: u32,
}

impl<'a> Cursor<'a> {
    pub fn new(source: &'a str) -> Self {
        let mut reader = NsReader::from_str(source);
        reader.config_mut().expand_empty_elements = true;
        Cursor { source, reader, namespace: None, open: Vec::new(), counted: 0, line: 1 }
    }

    /// Goes on to the element `name` of a namespace that starts with `prefix`; gives the rest of the namespace's name.
    pub fn find(&mut self, name: &str, prefix: &str) -> Result<Option<String>, Fault> {
        loop {
            let line = self.line_here();
            let (resolved, event) = self.reader.read_resolved_event().map_err(|why| broken(line, &why))?;
            let namespace = match resolved {
                ResolveResult::Bound(namespace) => Some(namespace.0.to_owned()),
                _ => None,
            };
            match event {
                Event::Start(start) => {
                    let local = start.local_name().into_inner().to_owned();
                    self.enter(&local, line)?;
                    let rest = namespace.as_deref().and_then(|whole| whole.strip_prefix(prefix)).map(str::to_owned);
                    if let (true, Some(rest)) = (local == name, rest) {
                        self.namespace = namespace;
                        return Ok(Some(rest));
                    }
                }
                Event::End(_) => drop(self.open.pop()),
                Event::DocType(_) => return Err(doctype(line)),
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// The next element of the namespace, or the end of the one that is open. Text between elements is passed over.
    pub fn next(&mut self) -> Result<Step, Fault> {
        self.step(None)
    }

    /// Reads everything inside an element that was just opened.
    pub fn whole(&mut self, element: Element) -> Result<Element, Fault> {
        let mut stack = vec![element];
        let mut held = 0;
        loop {
            let top = stack.last_mut().map(|element| &mut element.text);
            match self.step(top)? {
                Step::Open(child) => {
                    held += 1;
                    if held > HELD_MAX {
                        return Err(child.fault(format!("more than {HELD_MAX} elements in one part of the document")));
                    }
                    stack.push(child);
                }
                Step::Close => match (stack.pop(), stack.last_mut()) {
                    (Some(done), Some(parent)) => parent.children.push(done),
                    (Some(done), None) => return Ok(done),
                    (None, _) => return Err(Fault::at(self.line, "", "the document ends too early")),
                },
                Step::End => return Err(Fault::at(self.line, "", "the document ends within an element")),
            }
        }
    }

    /// Passes over everything inside an element that was just opened.
    pub fn skip(&mut self) -> Result<(), Fault> {
        let goal = self.open.len().saturating_sub(1);
        while self.open.len() > goal {
            if let Step::End = self.step(None)? {
                return Err(Fault::at(self.line, "", "the document ends within an element"));
            }
        }
        Ok(())
    }

    fn step(&mut self, mut text: Option<&mut String>) -> Result<Step, Fault> {
        let mut foreign = 0usize;
        loop {
            let line = self.line_here();
            let (resolved, event) = self.reader.read_resolved_event().map_err(|why| broken(line, &why))?;
            match event {
                Event::Start(start) => {
                    let ours = match resolved {
                        ResolveResult::Bound(namespace) => Some(namespace.0) == self.namespace.as_deref(),
                        _ => false,
                    };
                    let element = opened(&start, line)?;
                    self.enter(&element.name, line)?;
                    if ours && foreign == 0 {
                        return Ok(Step::Open(element));
                    }
                    foreign += 1;
                }
                Event::End(_) => {
                    self.open.pop();
                    if foreign == 0 {
                        return Ok(Step::Close);
                    }
                    foreign -= 1;
                }
                Event::Text(piece) => append(&mut text, foreign, &piece.xml10_content(), line)?,
                Event::CData(piece) => append(&mut text, foreign, &piece.xml10_content(), line)?,
                Event::GeneralRef(reference) => append(&mut text, foreign, resolve(&reference, line)?.as_str(), line)?,
                Event::DocType(_) => return Err(doctype(line)),
                Event::Eof if self.open.is_empty() => return Ok(Step::End),
                Event::Eof => {
                    return Err(Fault::at(line, &self.open.pop().unwrap_or_default(), "the document ends within it"));
                }
                Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            }
        }
    }

    fn enter(&mut self, name: &str, line: u32) -> Result<(), Fault> {
        if self.open.len() >= DEPTH_MAX {
            return Err(Fault::at(line, name, format!("elements nested more than {DEPTH_MAX} deep")));
        }
        self.open.push(name.into());
        Ok(())
    }

    /// The line of what comes next, counted from 1.
    fn line_here(&mut self) -> u32 {
        let here = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX).min(self.source.len());
        let passed = &self.source.as_bytes()[self.counted..here.max(self.counted)];
        let lines = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.counted = here.max(self.counted);
        self.line
    }
}

fn opened(start: &BytesStart<'_>, line: u32) -> Result<Element, Fault> {
    let name: Box<str> = start.local_name().into_inner().into();
    let mut element = Element { name, line, ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|why| element.fault(format!("attributes cannot be read: {why}")))?;
        if attribute.key.prefix().is_none() && attribute.key.as_namespace_binding().is_none() {
            element.attributes.push((attribute.key.local_name().into_inner().into(), (*attribute.value).into()));
        }
    }
    Ok(element)
}

fn append(text: &mut Option<&mut String>, foreign: usize, piece: &str, line: u32) -> Result<(), Fault> {
    let Some(text) = text.as_deref_mut().filter(|_| foreign == 0) else { return Ok(()) };
    if text.len() + piece.len() > TEXT_MAX {
        return Err(Fault::at(line, "", format!("a field longer than {TEXT_MAX} characters")));
    }
    text.push_str(piece);
    Ok(())
}

/// The five entities of XML and numbered characters; a bank file defines no others.
fn resolve(reference: &BytesRef<'_>, line: u32) -> Result<String, Fault> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Ok(character.to_string());
    }
    let known = match reference.xml10_content().as_ref() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        other => return Err(Fault::at(line, "", format!("unknown entity `&{other};`"))),
    };
    Ok(known.to_owned())
}

fn doctype(line: u32) -> Fault {
    Fault::at(line, "DOCTYPE", "document types are not accepted")
}

fn broken(line: u32, why: &quick_xml::Error) -> Fault {
    Fault::at(line, "", format!("not well-formed XML: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMESPACE: &str = "urn:x:";

    fn first(source: &str) -> Result<Element, Fault> {
        let mut cursor = Cursor::new(source);
        cursor.find("Document", NAMESPACE)?.expect("the document");
        match cursor.next()? {
            Step::Open(element) => cursor.whole(element),
            _ => Ok(Element::default()),
        }
    }

    #[test]
    fn a_prefix_is_only_a_name() {
        let plain = "<Document xmlns='urn:x:1'><A><B c='d'>1 &amp; &#50;</B></A></Document>";
        let prefixed = "<p:Document xmlns:p='urn:x:1'><p:A><p:B c='d'>1 <![CDATA[&]]> 2</p:B></p:A></p:Document>";
        for source in [plain, prefixed] {
            let element = first(source).unwrap();
            assert_eq!(element.text(&["B"]), Some("1 & 2"));
            assert_eq!(element.at(&["B"]).and_then(|found| found.attribute("c")), Some("d"));
        }
    }

    #[test]
    fn elements_of_other_namespaces_are_passed_over() {
        let source =
            "<Document xmlns='urn:x:1' xmlns:y='urn:y'><y:A>no</y:A><A><y:B>no<B>no</B></y:B><B>yes</B></A></Document>";
        assert_eq!(first(source).unwrap().text(&["B"]), Some("yes"));
    }

    #[test]
    fn what_is_not_plain_xml_is_refused_with_its_line() {
        let doctype = "<!DOCTYPE a [<!ENTITY b 'c'>]>\n<Document xmlns='urn:x:1'/>";
        assert_eq!(first(doctype).unwrap_err().to_string(), "line 1, `DOCTYPE`: document types are not accepted");
        let entity = "<Document xmlns='urn:x:1'>\n<A>&b;</A></Document>";
        assert_eq!(first(entity).unwrap_err().to_string(), "line 2: unknown entity `&b;`");
        let cut = "<Document xmlns='urn:x:1'>\n<A><B>";
        assert_eq!(first(cut).unwrap_err().to_string(), "line 2, `B`: the document ends within it");
        let deep = format!("<Document xmlns='urn:x:1'>{}", "<A>".repeat(50));
        assert_eq!(first(&deep).unwrap_err().to_string(), "line 1, `A`: elements nested more than 40 deep");
    }
}
