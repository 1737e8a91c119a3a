//! `[metrics]` of the configuration: the buckets of the aging, and what serving a customer costs.

use escalation::metrics::{Basis, Edges, MetricsError, Period, Price, Setup, UnitCosts};
use escalation::{Currency, Date};
use serde::Deserialize;

/// What every measurement of this creditor has in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    pub edges: Edges,
    /// None: not given, and nothing is assumed.
    pub costs: Option<UnitCosts>,
}

/// What somebody asks to be measured. Nothing given: the last 90 days, by the due date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub as_of: Option<Date>,
    pub from: Option<Date>,
    pub basis: Basis,
    /// None: those of the configuration.
    pub edges: Option<Edges>,
}

impl Measures {
    /// What was asked for, and the same for the period before.
    pub fn setups(&self, asked: &Asked, today: Date) -> Result<[Setup; 2], MetricsError> {
        let period = Period::until(asked.as_of.unwrap_or(today), asked.from)?;
        let setup = Setup {
            period,
            edges: asked.edges.clone().unwrap_or_else(|| self.edges.clone()),
            basis: asked.basis,
            costs: self.costs.clone(),
        };
        let before = Setup { period: period.previous()?, ..setup.clone() };
        Ok([setup, before])
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MeasuresText {
    aging_days: Option<Vec<u32>>,
    costs: Option<CostsText>,
}

/// Prices are text: a decimal that no float comes near.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CostsText {
    currency: String,
    #[serde(default = "free")]
    email: String,
    #[serde(default = "free")]
    sms: String,
    #[serde(default = "free")]
    letter: String,
    #[serde(default = "free")]
    registered_letter: String,
    #[serde(default = "free")]
    call: String,
    #[serde(default = "free")]
    financing_percent: String,
    margin_percent: Option<String>,
}

fn free() -> String {
    "0".to_owned()
}

impl MeasuresText {
    /// The error names the key.
    pub fn read(&self) -> Result<Measures, String> {
        let edges = match &self.aging_days {
            None => Edges::default(),
            Some(days) => {
                let text = days.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
                text.parse().map_err(|error| format!("`metrics.aging_days`: {error}"))?
            }
        };
        Ok(Measures { edges, costs: self.costs.as_ref().map(CostsText::read).transpose()? })
    }
}

impl CostsText {
    fn read(&self) -> Result<UnitCosts, String> {
        let price =
            |key: &str, text: &str| text.parse::<Price>().map_err(|error| format!("`metrics.costs.{key}`: {error}"));
        let currency: Currency = self.currency.parse().map_err(|error| {
            format!("`metrics.costs.currency`: {error}\n\nhint: a code of ISO 4217 in capitals, such as `EUR`")
        })?;
        Ok(UnitCosts {
            currency,
            email: price("email", &self.email)?,
            sms: price("sms", &self.sms)?,
            letter: price("letter", &self.letter)?,
            registered_letter: price("registered_letter", &self.registered_letter)?,
            call: price("call", &self.call)?,
            financing_percent: price("financing_percent", &self.financing_percent)?,
            margin_percent: self.margin_percent.as_deref().map(|text| price("margin_percent", text)).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Measures, String> {
        toml::from_str::<MeasuresText>(text).map_err(|error| error.to_string()).and_then(|text| text.read())
    }

    #[test]
    fn without_a_word_nothing_is_assumed() {
        let measures = read("").unwrap();
        assert_eq!((measures.edges.to_string(), measures.costs), ("30,60,90".to_owned(), None));
        let measures = read("aging_days = [15, 45]\n[costs]\ncurrency = \"EUR\"\ncall = \"2.50\"").unwrap();
        assert_eq!(measures.edges.to_string(), "15,45");
        let costs = measures.costs.unwrap();
        assert_eq!((costs.email, costs.call), ("0".parse().unwrap(), "2.5".parse().unwrap()));
        assert_eq!(costs.margin_percent, None);
    }

    #[test]
    fn what_is_wrong_names_its_key() {
        for (text, words) in [
            ("aging_days = [60, 30]", ["metrics.aging_days", "hint:"]),
            ("aging_days = []", ["metrics.aging_days", "hint:"]),
            ("[costs]\ncurrency = \"euro\"", ["metrics.costs.currency", "hint:"]),
            ("[costs]\ncurrency = \"EUR\"\nletter = \"1,20\"", ["metrics.costs.letter", "hint:"]),
            ("[costs]\ncurrency = \"EUR\"\npigeon = \"1\"", ["pigeon", "unknown field"]),
        ] {
            let why = read(text).unwrap_err();
            assert!(words.iter().all(|word| why.contains(word)), "{why}");
        }
    }
}
