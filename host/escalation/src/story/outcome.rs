//! How the effects of an entry end: well, unless the story says otherwise.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    Unknown,
    /// With a code, such as `unreachable`.
    Rejected(String),
    /// Nothing goes out yet: the other side cannot be reached.
    Delayed,
}

impl Outcome {
    pub fn read(word: &str) -> Result<Self, String> {
        let mut words = word.split_whitespace();
        let (first, code) = (words.next().unwrap_or_default(), words.next());
        match (first, code) {
            ("unknown", None) => Ok(Self::Unknown),
            ("delayed", None) => Ok(Self::Delayed),
            ("rejected", code) => Ok(Self::Rejected(code.unwrap_or("refused").to_owned())),
            _ => Err(format!("`{word}` is not an outcome\n\nhint: `! unknown`, `! rejected [CODE]` or `! delayed`")),
        }
    }
}
