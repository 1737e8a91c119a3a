//! Reads a PDF back as a screen reader does: along the tags, each with the words of its marks on the page.

use std::collections::BTreeMap;

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Point, Rect};

/// A PDF, read.
pub struct Paper {
    pub pages: usize,
    /// `de`, as the catalogue says it.
    pub language: String,
    /// Marked as tagged, in the catalogue.
    pub is_tagged: bool,
    /// The elements of the structure tree in reading order, each with all words under it.
    pub elements: Vec<Element>,
    /// Words outside the tree, by page: what a screen reader passes over.
    pub outside: Vec<String>,
}

pub struct Element {
    /// `H1`, `P`, `Table`, `TH`, ...
    pub tag: String,
    pub text: String,
    /// What stands for a picture.
    pub alt: String,
}

impl Paper {
    pub fn read(pdf: &[u8]) -> Self {
        let pdf = Pdf::new(pdf.to_vec()).expect("a PDF");
        let cache = InterpreterCache::new();
        let mut marks = BTreeMap::new();
        let mut outside = Vec::new();
        let mut places = Vec::new();
        for page in pdf.pages().iter() {
            let area = Rect::new(0.0, 0.0, 1.0, 1.0);
            let mut context = Context::new(Affine::IDENTITY, area, &cache, pdf.xref(), InterpreterSettings::default());
            let mut eye = Eye::default();
            interpret_page(page, &mut context, &mut eye);
            let place = page.raw().obj_id();
            outside.push(eye.words.remove(&None).unwrap_or_default());
            marks.extend(eye.words.into_iter().filter_map(|(mark, text)| Some(((places.len(), mark?), text))));
            places.push(place);
        }
        let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).expect("a catalogue");
        let tree: Dict<'_> = root.get("StructTreeRoot").unwrap_or_else(Dict::empty);
        let page_of = |element: &Dict<'_>| {
            let page: Option<Dict<'_>> = element.get("Pg");
            page.and_then(|page| places.iter().position(|place| *place == page.obj_id()))
        };
        let mut elements = Vec::new();
        walk(&tree, None, &page_of, &marks, &mut elements);
        let marked: Option<Dict<'_>> = root.get("MarkInfo");
        let language: Option<hayro_interpret::hayro_syntax::object::String<'_>> = root.get("Lang");
        Self {
            pages: pdf.pages().len(),
            language: language.map(|text| String::from_utf8_lossy(text.as_bytes()).into_owned()).unwrap_or_default(),
            is_tagged: marked.and_then(|info| info.get("Marked")).unwrap_or(false),
            elements,
            outside,
        }
    }

    /// The words of all elements of a tag, in reading order.
    pub fn all(&self, tag: &str) -> Vec<&str> {
        self.elements.iter().filter(|element| element.tag == tag).map(|element| element.text.as_str()).collect()
    }

    /// Everything that is read out.
    pub fn text(&self) -> &str {
        self.elements.first().map(|whole| whole.text.as_str()).unwrap_or_default()
    }
}

type Marks = BTreeMap<(usize, i32), String>;

/// An element and what is under it; returns its words.
fn walk(
    element: &Dict<'_>,
    page: Option<usize>,
    page_of: &dyn Fn(&Dict<'_>) -> Option<usize>,
    marks: &Marks,
    found: &mut Vec<Element>,
) -> String {
    let page = page_of(element).or(page);
    let word = |mark: i32, page: Option<usize>| marks.get(&(page?, mark)).cloned();
    if let Some(mark) = element.get::<i32>("MCID") {
        return word(mark, page).unwrap_or_default();
    }
    let tag: Option<Name<'_>> = element.get("S");
    let at = tag.map(|tag| {
        let alt: Option<hayro_interpret::hayro_syntax::object::String<'_>> = element.get("Alt");
        let alt = alt.map(|text| utf(text.as_bytes())).unwrap_or_default();
        found.push(Element { tag: tag.as_str().to_owned(), text: String::new(), alt });
        found.len() - 1
    });
    // Marks of one element follow each other as they are; elements are words of their own.
    let mut text = String::new();
    let mut under = |kid: Object<'_>| match kid {
        Object::Dict(kid) => {
            let words = walk(&kid, page, page_of, marks, found);
            let between = if kid.contains_key("S") { " " } else { "" };
            text.extend([between, &words, between]);
        }
        Object::Number(mark) => text.extend(word(mark.as_i64() as i32, page)),
        _ => {}
    };
    if let Some(kids) = element.get::<Array<'_>>("K") {
        kids.iter::<Object<'_>>().for_each(&mut under);
    } else if let Some(kid) = element.get::<Object<'_>>("K") {
        under(kid);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(element) = at.and_then(|at| found.get_mut(at)) {
        element.text.clone_from(&text);
    }
    text
}

/// UTF-16 with its mark, or letters of one byte.
fn utf(bytes: &[u8]) -> String {
    match bytes.strip_prefix(&[0xfe, 0xff]) {
        Some(wide) => {
            let units: Vec<u16> = wide.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Sees letters, and in which mark they stand. No mark: outside the tree.
#[derive(Default)]
struct Eye {
    words: BTreeMap<Option<i32>, String>,
    marks: Vec<Option<i32>>,
    line: f64,
}

impl Device<'_> for Eye {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'_>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'_>,
        _: &GlyphDrawMode,
    ) {
        let mark = self.marks.iter().rev().copied().flatten().next();
        let words = self.words.entry(mark).or_default();
        let line = (transform * glyph_transform * Point::ZERO).y;
        if (line - self.line).abs() > 0.1 {
            // A line may end within a word that has a hyphen.
            words.push_str(if words.ends_with('-') { "" } else { " " });
            self.line = line;
        }
        match glyph.as_unicode() {
            Some(BfString::Char(letter)) => words.push(letter),
            Some(BfString::String(letters)) => words.push_str(&letters),
            None => words.push('\u{fffd}'),
        }
    }

    fn begin_marked_content(&mut self, _: &[u8], mark: Option<i32>) {
        self.marks.push(mark);
    }

    fn end_marked_content(&mut self) {
        self.marks.pop();
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'_>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'_>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
