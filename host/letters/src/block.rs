//! Blocks: a filled template, cut into paragraphs and places where a list or a box stands.
//!
//! In a template a paragraph that is only `[items]` is the place of the table of items. `[dispute] text` says what a paragraph
//! is for, so that a check can find it. The marks are told from text before the template is filled: what comes from outside
//! can never be one.

/// A paragraph, or the place of something that the facts fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    Paragraph { tag: Option<Tag>, text: String },
    Place(Place),
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $case:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$note])* $case,)* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$case),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$case => $text,)* }
            }

            fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|case| case.as_str() == name)
            }
        }
    };
}

names! {
    /// What a paragraph is for.
    Tag {
        Heading = "heading",
        /// How to object.
        Dispute = "dispute",
        /// What happens if nothing happens.
        NextStep = "next-step",
        /// That the next step may cost the debtor more.
        FurtherCosts = "further-costs",
    }
}

names! {
    /// What stands at a place.
    Place {
        /// The debtor's name and the day, where there is no address field.
        Head = "head",
        Items = "items",
        Payment = "payment",
        Plan = "plan",
        /// The statement of account.
        Account = "account",
        /// The correspondence.
        History = "history",
        /// The closing, who writes, how they can be reached and what they do with data.
        Signature = "signature",
        /// A line for the debtor to sign on.
        SignHere = "sign-here",
    }
}

const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// Replaces the marks of a template by signs that no fact contains. An unknown mark is refused: its line, and why.
pub fn mark(source: &str) -> Result<String, (usize, String)> {
    let mut marked = String::with_capacity(source.len());
    for (number, line) in source.lines().enumerate() {
        let mut rest = line;
        while let Some(at) = rest.find('[') {
            let (before, from) = rest.split_at(at);
            marked.push_str(before);
            let begins = before.trim_end().is_empty() && rest.len() == line.len() || before.trim_end().ends_with("%}");
            match name_of(from).filter(|_| begins) {
                Some((name, after)) if Tag::named(name).is_some() || Place::named(name).is_some() => {
                    marked.push(OPEN);
                    marked.push_str(name);
                    marked.push(CLOSE);
                    rest = after;
                }
                Some((name, _)) => {
                    let allowed: Vec<&str> =
                        Place::ALL.iter().map(|p| p.as_str()).chain(Tag::ALL.iter().map(|t| t.as_str())).collect();
                    return Err((
                        number + 1,
                        format!("`[{name}]` is unknown; allowed are `[{}]`", allowed.join("]`, `[")),
                    ));
                }
                None => {
                    marked.push('[');
                    rest = from.get(1..).unwrap_or_default();
                }
            }
        }
        marked.push_str(rest);
        marked.push('\n');
    }
    Ok(marked)
}

/// Cuts a filled template. `dispute` is what a bare `[dispute]` says.
pub fn cut(filled: &str, dispute: &str) -> Vec<Block> {
    let lines: Vec<&str> = filled.lines().map(str::trim_end).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.flat_map(|lines| blocks(&lines.join("\n"), dispute)).collect()
}

/// A paragraph may hold several marks, one a line.
fn blocks(paragraph: &str, dispute: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut parts = paragraph.split(OPEN);
    let first = parts.next().unwrap_or_default().trim();
    if !first.is_empty() {
        found.push(Block::Paragraph { tag: None, text: first.to_owned() });
    }
    for part in parts {
        let (name, text) = part.split_once(CLOSE).unwrap_or((part, ""));
        let text = text.trim();
        if let Some(place) = Place::named(name) {
            found.push(Block::Place(place));
            if !text.is_empty() {
                found.push(Block::Paragraph { tag: None, text: text.to_owned() });
            }
        } else {
            let tag = Tag::named(name);
            let standard = if tag == Some(Tag::Dispute) && text.is_empty() { dispute } else { text };
            found.push(Block::Paragraph { tag, text: standard.to_owned() });
        }
    }
    found
}

/// `[name]rest` with a name of small letters and hyphens.
fn name_of(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('[')?.split_once(']')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    is_name.then_some((name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_cut_at_its_marks() {
        let marked =
            mark("Hello\nyou [1],\n\n[items]\n\n{% if true %}[next-step] We write.{% endif %}\n\n[dispute]\n").unwrap();
        let filled = marked.replace("{% if true %}", "").replace("{% endif %}", "");
        assert_eq!(
            cut(&filled, "Tell us."),
            [
                Block::Paragraph { tag: None, text: "Hello\nyou [1],".to_owned() },
                Block::Place(Place::Items),
                Block::Paragraph { tag: Some(Tag::NextStep), text: "We write.".to_owned() },
                Block::Paragraph { tag: Some(Tag::Dispute), text: "Tell us.".to_owned() },
            ]
        );
    }

    #[test]
    fn an_unknown_mark_is_refused_with_its_line() {
        let (line, why) = mark("Hello\n\n[itmes]\n").unwrap_err();
        assert_eq!(line, 3);
        assert!(why.contains("`[itmes]` is unknown") && why.contains("`[items]`"), "{why}");
    }

    #[test]
    fn what_comes_from_outside_is_no_mark() {
        // The name stands where a mark would, but only after marks were told from text.
        let filled = mark("{{ name }}\n").unwrap().replace("{{ name }}", "[payment]");
        assert_eq!(cut(&filled, ""), [Block::Paragraph { tag: None, text: "[payment]".to_owned() }]);
        assert_eq!(crate::values::clean("a\u{e000}items\u{e001}\nb"), "aitems b");
    }
}
