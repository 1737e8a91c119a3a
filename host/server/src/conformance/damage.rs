//! What can be wrong with a JSON document, one place at a time.

use serde_json::Value;

/// Places of a document that are tried; a larger one is tried at this many, evenly.
const PLACES_MAX: usize = 150;

/// The document with one thing wrong, and what it is.
pub fn of(text: &str) -> Vec<(String, String)> {
    let Ok(document) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut places = Vec::new();
    collect(&document, String::new(), &mut places);
    let step = places.len().div_ceil(PLACES_MAX).max(1);
    let mut damaged = Vec::new();
    for place in places.into_iter().step_by(step) {
        for (how, change) in CHANGES {
            let mut copy = document.clone();
            if change(&mut copy, &place) {
                damaged.push((format!("`{place}` {how}"), copy.to_string()));
            }
        }
    }
    damaged
}

type Change = fn(&mut Value, &str) -> bool;

const CHANGES: [(&str, Change); 4] = [
    ("is missing", remove),
    ("is null", |document, place| put(document, place, Value::Null)),
    ("has another type", |document, place| {
        let other = match document.pointer(place) {
            Some(Value::String(_)) => Value::from(17),
            Some(Value::Array(_) | Value::Object(_)) => Value::from(true),
            _ => Value::from("seventeen"),
        };
        put(document, place, other)
    }),
    ("has a word that nobody knows", |document, place| {
        let is_text = document.pointer(place).is_some_and(Value::is_string);
        is_text && put(document, place, Value::from("zz-unheard-of"))
    }),
];

fn put(document: &mut Value, place: &str, value: Value) -> bool {
    match document.pointer_mut(place) {
        Some(there) if *there != value => {
            *there = value;
            true
        }
        _ => false,
    }
}

fn remove(document: &mut Value, place: &str) -> bool {
    let Some((parent, name)) = place.rsplit_once('/') else { return false };
    let name = name.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent) {
        Some(Value::Object(fields)) => fields.remove(&name).is_some(),
        _ => false,
    }
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let inner = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
                places.push(inner.clone());
                collect(field, inner, places);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                collect(item, format!("{place}/{n}"), places);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_goes_wrong_in_every_way() {
        let damaged = of(r#"{"a": "x", "b": [{"c/d": 1}]}"#);
        let how: Vec<&str> = damaged.iter().map(|(how, _)| how.as_str()).collect();
        assert_eq!(
            how[..4],
            ["`/a` is missing", "`/a` is null", "`/a` has another type", "`/a` has a word that nobody knows"]
        );
        assert!(damaged.contains(&("`/b/0/c~1d` is missing".to_owned(), r#"{"a":"x","b":[{}]}"#.to_owned())));
        assert!(damaged.contains(&("`/b` has another type".to_owned(), r#"{"a":"x","b":true}"#.to_owned())));
        assert!(damaged.iter().all(|(_, text)| text != r#"{"a":"x","b":[{"c/d":1}]}"#));
        assert!(of("<html>").is_empty());
    }
}
