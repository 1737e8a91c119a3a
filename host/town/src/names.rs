//! Names: the words that firms, streets and people of the town are made of. All of them are invented.

use crate::chance::Dice;

/// The countries where the creditor sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Country {
    Germany,
    Greece,
    Denmark,
    Sweden,
    UnitedStates,
}

/// What a country's names are made of.
pub(crate) struct Words {
    surnames: &'static [&'static str],
    trades: &'static [&'static str],
    forms: &'static [&'static str],
    given: &'static [&'static str],
    streets: &'static [&'static str],
    /// Postcode and city, with its state in the United States.
    cities: &'static [(&'static str, &'static str)],
}

impl Country {
    /// ISO 3166-1 alpha-2.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Germany => "DE",
            Self::Greece => "GR",
            Self::Denmark => "DK",
            Self::Sweden => "SE",
            Self::UnitedStates => "US",
        }
    }

    /// ISO 4217.
    pub(crate) fn currency(self) -> &'static str {
        match self {
            Self::Germany | Self::Greece => "EUR",
            Self::Denmark => "DKK",
            Self::Sweden => "SEK",
            Self::UnitedStates => "USD",
        }
    }

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::Germany => &GERMAN,
            Self::Greece => &GREEK,
            Self::Denmark => &DANISH,
            Self::Sweden => &SWEDISH,
            Self::UnitedStates => &AMERICAN,
        }
    }
}

impl Words {
    pub(crate) fn firm(&self, dice: &mut Dice) -> String {
        let (surname, trade) = (dice.pick(self.surnames), dice.pick(self.trades));
        format!("{surname} {trade} {}", dice.pick(self.forms))
    }

    pub(crate) fn person(&self, dice: &mut Dice) -> String {
        format!("{} {}", dice.pick(self.given), dice.pick(self.surnames))
    }

    /// A name without legal form, as a sole trader has it.
    pub(crate) fn sole_trader(&self, dice: &mut Dice) -> String {
        format!("{} {}", dice.pick(self.trades), self.person(dice))
    }

    pub(crate) fn street(&self, dice: &mut Dice) -> String {
        let number = dice.between(1, 140);
        // Americans write the house number first.
        if std::ptr::eq(self, &AMERICAN) {
            format!("{} {}", number * 10 + 4, dice.pick(self.streets))
        } else {
            format!("{} {number}", dice.pick(self.streets))
        }
    }

    pub(crate) fn city(&self, dice: &mut Dice) -> (&'static str, &'static str) {
        self.cities[dice.index(self.cities.len())]
    }
}

/// Latin letters only, as banks and mail domains like it.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let upper = letter.is_uppercase();
        let spelled = spelling(letter.to_lowercase().next().unwrap_or(letter));
        match spelled {
            None => out.push(letter),
            Some(latin) if upper => {
                let mut letters = latin.chars();
                out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
                out.extend(letters);
            }
            Some(latin) => out.push_str(latin),
        }
    }
    out
}

fn spelling(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ä' | 'æ' => "ae",
        'ö' | 'ø' => "oe",
        'ü' => "ue",
        'å' => "aa",
        'ß' => "ss",
        'é' => "e",
        'α' | 'ά' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' | 'έ' => "e",
        'ζ' => "z",
        'η' | 'ή' | 'ι' | 'ί' | 'ϊ' | 'ΐ' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ό' | 'ω' | 'ώ' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' | 'ς' => "s",
        'τ' => "t",
        'υ' | 'ύ' | 'ϋ' => "y",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        _ => return None,
    })
}

/// A name as part of a mail domain.
pub(crate) fn slug(name: &str) -> String {
    let words: Vec<String> = plain(name)
        .to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| word.len() > 2)
        .take(3)
        .map(str::to_owned)
        .collect();
    words.join("-")
}

static GERMAN: Words = Words {
    surnames: &[
        "Lindner",
        "Brandt",
        "Köhler",
        "Schäfer",
        "Möller",
        "Bergmann",
        "Vogt",
        "Krüger",
        "Petersen",
        "Thiele",
        "Hoffmann",
        "Jürgens",
        "Reuter",
        "Sander",
        "Wolff",
        "Großmann",
    ],
    trades: &[
        "Bäckerei",
        "Maschinenbau",
        "Haustechnik",
        "Getränkehandel",
        "Elektroanlagen",
        "Druckerei",
        "Möbelwerkstatt",
        "Gartenbau",
        "Logistik",
        "Metallbau",
        "Buchhandlung",
        "Gebäudereinigung",
    ],
    forms: &["GmbH", "GmbH", "GmbH & Co. KG", "KG", "OHG", "AG"],
    given: &["Anke", "Jörg", "Sabine", "Uwe", "Katrin", "Matthias", "Birgit", "Sören"],
    streets: &["Hafenstraße", "Bahnhofstraße", "Am Güterbahnhof", "Lübecker Straße", "Industrieweg", "Mühlenkamp"],
    cities: &[
        ("20095", "Hamburg"),
        ("28195", "Bremen"),
        ("24103", "Kiel"),
        ("50667", "Köln"),
        ("80331", "München"),
        ("04109", "Leipzig"),
        ("40213", "Düsseldorf"),
        ("90402", "Nürnberg"),
    ],
};

static GREEK: Words = Words {
    surnames: &[
        "Παπαδόπουλος",
        "Νικολάου",
        "Γεωργίου",
        "Αλεξίου",
        "Καραγιάννης",
        "Δημητρίου",
        "Κωνσταντίνου",
        "Μακρής",
        "Σταματίου",
        "Οικονόμου",
        "Βλάχος",
        "Ζαφειρίου",
    ],
    trades: &[
        "Τρόφιμα",
        "Οικοδομικά Υλικά",
        "Ξυλουργική",
        "Τουριστικές Επιχειρήσεις",
        "Εμπορία Ποτών",
        "Ηλεκτρολογικά",
        "Μεταφορική",
        "Εκτυπώσεις",
        "Φαρμακαποθήκη",
    ],
    forms: &["Α.Ε.", "Ε.Π.Ε.", "Ο.Ε.", "Ι.Κ.Ε.", "Ε.Ε."],
    given: &["Μαρία", "Γιώργος", "Ελένη", "Νίκος", "Σοφία", "Δημήτρης", "Κατερίνα"],
    streets: &["Λεωφόρος Κηφισίας", "Εγνατία", "Ερμού", "Τσιμισκή", "Παπαναστασίου", "Ακτή Μιαούλη"],
    cities: &[
        ("105 63", "Αθήνα"),
        ("546 24", "Θεσσαλονίκη"),
        ("185 36", "Πειραιάς"),
        ("262 21", "Πάτρα"),
        ("712 02", "Ηράκλειο"),
        ("383 33", "Βόλος"),
    ],
};

static DANISH: Words = Words {
    surnames: &[
        "Sørensen",
        "Kjær",
        "Nørgaard",
        "Østergaard",
        "Bæk",
        "Lauritsen",
        "Skov",
        "Mølgaard",
        "Ågaard",
        "Thygesen",
        "Holm",
    ],
    trades: &[
        "Byg",
        "Bageri",
        "Møbler",
        "Transport",
        "Vinhandel",
        "El-service",
        "Tømrerfirma",
        "Køkkener",
        "Maskinværksted",
    ],
    forms: &["ApS", "A/S", "I/S", "ApS"],
    given: &["Mette", "Søren", "Kirsten", "Jørgen", "Line", "Asbjørn"],
    streets: &["Nørregade", "Østerbrogade", "Havnevej", "Søndergade", "Industrivej", "Åboulevarden"],
    cities: &[
        ("1050", "København K"),
        ("8000", "Aarhus C"),
        ("5000", "Odense C"),
        ("9000", "Aalborg"),
        ("6700", "Esbjerg"),
        ("4600", "Køge"),
    ],
};

static SWEDISH: Words = Words {
    surnames: &[
        "Åkesson",
        "Lindström",
        "Öberg",
        "Bergström",
        "Sjögren",
        "Nyström",
        "Hägg",
        "Söderlund",
        "Ekdahl",
        "Wåhlin",
        "Norén",
    ],
    trades: &[
        "Bygg",
        "Snickeri",
        "Livsmedel",
        "Åkeri",
        "Kontorsvaror",
        "Elteknik",
        "Trädgård",
        "Plåtslageri",
        "Möbler",
    ],
    forms: &["AB", "AB", "HB", "KB"],
    given: &["Anna", "Björn", "Åsa", "Lars", "Märta", "Göran"],
    streets: &["Storgatan", "Drottninggatan", "Hamngatan", "Västra Järnvägsgatan", "Skogsvägen", "Östergatan"],
    cities: &[
        ("111 22", "Stockholm"),
        ("411 05", "Göteborg"),
        ("211 20", "Malmö"),
        ("753 20", "Uppsala"),
        ("702 11", "Örebro"),
        ("903 26", "Umeå"),
    ],
};

static AMERICAN: Words = Words {
    surnames: &[
        "Harper",
        "Whitfield",
        "Calloway",
        "Ramirez",
        "Sutter",
        "Delgado",
        "O'Rourke",
        "Kessler",
        "Barlow",
        "Nakamura",
        "Prescott",
        "Tillman",
    ],
    trades: &[
        "Supply",
        "Outfitters",
        "Hardware",
        "Kitchen Works",
        "Dental Group",
        "Freight",
        "Print & Sign",
        "Millwork",
        "Electric",
    ],
    forms: &["LLC", "Inc.", "Co.", "LLC"],
    given: &["Dana", "Marcus", "Elaine", "Trevor", "Rosa", "Grant"],
    streets: &["Harbor Street", "Mill Road", "Commerce Drive", "Second Avenue", "Juniper Lane", "Depot Street"],
    cities: &[
        ("04101", "Portland, ME"),
        ("53202", "Milwaukee, WI"),
        ("97209", "Portland, OR"),
        ("43215", "Columbus, OH"),
        ("78701", "Austin, TX"),
        ("27601", "Raleigh, NC"),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_every_name_has_a_latin_spelling() {
        for country in [Country::Germany, Country::Greece, Country::Denmark, Country::Sweden, Country::UnitedStates] {
            let words = country.words();
            for name in words.surnames.iter().chain(words.trades).chain(words.forms).chain(words.given) {
                assert!(plain(name).is_ascii(), "`{name}` became `{}`", plain(name));
            }
        }
        assert_eq!(plain("Ωρίων Öberg ΧΡΩΜΑ"), "Orion Oeberg ChROMA");
        assert_eq!(slug("Østergaard El-service A/S"), "oestergaard-service");
    }
}
