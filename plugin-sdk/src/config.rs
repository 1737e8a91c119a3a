//! A plugin's configuration: JSON from the host, parsed once into the plugin's own type.

use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// Nothing at all counts as `{}`, so that a plugin whose keys all have defaults needs no configuration.
pub fn parse<C: DeserializeOwned>(json: &str) -> Result<C> {
    let json = match json.trim() {
        "" | "null" => "{}",
        text => text,
    };
    let mut reader = serde_json::Deserializer::from_str(json);
    let config = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = match error.path().to_string().as_str() {
            "." => String::new(),
            path => format!("at `{path}`: "),
        };
        let told = error.into_inner().to_string();
        // The operator wrote TOML; a line and column of the JSON made from it would only mislead.
        let reason = told.split(" at line ").next().unwrap_or_default();
        Error::misconfigured(format!("configuration {place}{reason}"))
            .hint("correct the `[config]` part of this plugin")
    })?;
    reader.end().map_err(|_| Error::misconfigured("configuration has text behind its end"))?;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::Kind;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Config {
        list_id: String,
        words: BTreeMap<String, u32>,
    }

    #[test]
    fn nothing_is_an_empty_configuration() {
        for json in ["", " ", "null", "{}"] {
            assert_eq!(parse::<Config>(json), Ok(Config::default()));
        }
    }

    #[test]
    fn a_wrong_key_is_named_with_the_allowed_ones() {
        let error = parse::<Config>(r#"{"lisst": 1}"#).unwrap_err();
        assert_eq!(error.kind, Kind::Misconfigured);
        assert_eq!(error.message, "configuration at `lisst`: unknown field `lisst`, expected `list_id` or `words`");
    }

    #[test]
    fn a_wrong_type_is_named_with_its_place() {
        let error = parse::<Config>(r#"{"words": {"a": "b"}}"#).unwrap_err();
        assert_eq!(error.message, "configuration at `words.a`: invalid type: string \"b\", expected u32");
    }
}
