//! Many rows read as one text. sqlx hands every row and every value from one thread to another by itself, which costs more than
//! reading them.

use crate::{Result, StoreError};

/// The columns of all rows as one text: of each its length in bytes, a colon, and itself; nothing at all for NULL.
macro_rules! packed {
    ($first:literal $(, $column:literal)*) => {
        concat!(
            "coalesce(group_concat(concat(octet_length(", $first, "), ':', ", $first,
            $(", octet_length(", $column, "), ':', ", $column,)*
            "), ''), '')"
        )
    };
}
pub(crate) use packed;

/// The fields of such a text, one after the other.
pub(crate) struct Packed<'t>(pub &'t str);

impl<'t> Packed<'t> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn text(&mut self) -> Result<&'t str> {
        self.optional()?.ok_or_else(broken)
    }

    pub fn number(&mut self) -> Result<i64> {
        self.text()?.parse().map_err(|_| broken())
    }

    /// What was written by `hex`, which makes no difference between NULL and no bytes: None for both.
    pub fn bytes(&mut self) -> Result<Option<Vec<u8>>> {
        let text = self.text()?.as_bytes();
        let digit = |digit: u8| char::from(digit).to_digit(16);
        let byte = |pair: &[u8; 2]| {
            let [high, low] = pair.map(digit);
            u8::try_from(high? << 4 | low?).ok()
        };
        let (pairs, rest) = text.as_chunks();
        let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
        let bytes = bytes.filter(|_| rest.is_empty()).ok_or_else(broken)?;
        Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }

    /// None: NULL.
    pub fn optional(&mut self) -> Result<Option<&'t str>> {
        let (length, rest) = self.0.split_once(':').ok_or_else(broken)?;
        if length.is_empty() {
            self.0 = rest;
            return Ok(None);
        }
        let length: usize = length.parse().map_err(|_| broken())?;
        let (field, rest) = rest.split_at_checked(length).ok_or_else(broken)?;
        self.0 = rest;
        Ok(Some(field))
    }
}

fn broken() -> StoreError {
    StoreError::Corrupt("rows that were read together do not come apart again".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Packed;

    #[test]
    fn fields_come_apart_whatever_they_contain() {
        let mut packed = Packed("3:a:\u{fc}".get(..4).unwrap_or_default());
        assert!(packed.text().is_err());
        let mut packed = Packed("4:1:\u{fc}:0:2:-7");
        assert_eq!(packed.text().unwrap(), "1:\u{fc}");
        assert_eq!(packed.optional().unwrap(), None);
        assert_eq!(packed.optional().unwrap(), Some(""));
        assert_eq!(packed.number().unwrap(), -7);
        assert!(packed.is_empty() && packed.text().is_err());
        let mut packed = Packed("4:0AfF0:3:0AF2:0x");
        assert_eq!(packed.bytes().unwrap(), Some(vec![0x0a, 0xff]));
        assert_eq!(packed.bytes().unwrap(), None);
        assert!(packed.bytes().is_err() && packed.bytes().is_err());
    }
}
