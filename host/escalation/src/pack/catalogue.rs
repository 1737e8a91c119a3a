//! The packs by country, and which of their rates run out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use thiserror::Error;

use super::{Pack, PackError};

/// Days before its end at which a series is told of.
const WARNED_DAYS: i32 = 14;

/// The members of the European Union, ISO 3166-1 alpha-2.
const EU_MEMBERS: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// All packs at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packs {
    by_country: BTreeMap<String, Pack>,
}

/// Why there is no pack.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "there is no pack for `{country}`\n\nhint: there are {known}; `EU` is the least that Directive 2011/7/EU asks of its members"
)]
pub struct NoPack {
    pub country: String,
    pub known: String,
}

/// A series that ends soon, or has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunsOut {
    pub country: String,
    pub series: String,
    pub known_until: Date,
    /// Days that are left; negative: days over.
    pub days_left: i32,
}

/// The packs that come with Dunlin: file and text.
pub const SHIPPED: [(&str, &str); 7] = [
    ("DE.toml", include_str!("../../../../config/packs/DE.toml")),
    ("DK.toml", include_str!("../../../../config/packs/DK.toml")),
    ("EU.toml", include_str!("../../../../config/packs/EU.toml")),
    ("GR.toml", include_str!("../../../../config/packs/GR.toml")),
    ("SE.toml", include_str!("../../../../config/packs/SE.toml")),
    ("UK.toml", include_str!("../../../../config/packs/UK.toml")),
    ("US.toml", include_str!("../../../../config/packs/US.toml")),
];

impl Packs {
    /// The packs that come with Dunlin.
    pub fn shipped() -> Result<Self, PackError> {
        let mut packs = Self::default();
        for (file, text) in SHIPPED {
            packs.put(Pack::parse(text, file)?);
        }
        Ok(packs)
    }

    /// Puts a pack in; one of the same country gives way and is returned.
    pub fn put(&mut self, pack: Pack) -> Option<Pack> {
        self.by_country.insert(pack.country.clone(), pack)
    }

    /// The pack of a country. Another country's never stands in for it.
    pub fn get(&self, country: &str) -> Result<&Pack, NoPack> {
        let goes_by = |pack: &&Pack| pack.also.iter().any(|other| other == country);
        self.by_country.get(country).or_else(|| self.iter().find(goes_by)).ok_or_else(|| NoPack {
            country: country.to_owned(),
            known: self.by_country.keys().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", "),
        })
    }

    /// The pack that holds for a debtor in a country: its own, else the one of Directive 2011/7/EU for a member of the union.
    pub fn of(&self, country: &str) -> Result<&Pack, NoPack> {
        let own = self.get(country);
        if own.is_err() && EU_MEMBERS.contains(&country) { self.get("EU").or(own) } else { own }
    }

    /// By country, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.by_country.values()
    }

    /// The series that end within 14 days, or have ended.
    pub fn runs_out(&self, today: Date) -> Vec<RunsOut> {
        let series = self.iter().flat_map(|pack| pack.series.iter().map(move |(name, series)| (pack, name, series)));
        let told = series.map(|(pack, name, series)| RunsOut {
            country: pack.country.clone(),
            series: name.clone(),
            known_until: series.known_until,
            days_left: today.until(series.known_until).map_or(i32::MIN, |span| span.get_days()),
        });
        told.filter(|told| told.days_left <= WARNED_DAYS).collect()
    }
}
