//! The creditor: whom the town owes.

pub(crate) const NAME: &str = "Nordlicht Handel GmbH";
pub(crate) const STREET: &str = "Speicherstraße 14";
pub(crate) const POSTCODE: &str = "20457";
pub(crate) const CITY: &str = "Hamburg";
pub(crate) const VAT_ID: &str = "DE136695976";
pub(crate) const REGISTER: &str = "HRB 118204";
pub(crate) const EMAIL: &str = "rechnung@nordlicht-handel.example";
pub(crate) const PHONE: &str = "+49 40 5550120";
pub(crate) const CONTACT: &str = "Wiebke Harms";
/// The bank's identifier, invented.
pub(crate) const BIC: &str = "NLBKDEHHXXX";

/// One bank account a currency.
pub(crate) const CURRENCIES: [&str; 4] = ["DKK", "EUR", "SEK", "USD"];

/// The account for a currency.
pub(crate) fn iban(currency: &str) -> String {
    let account = match currency {
        "DKK" => "0000202052",
        "SEK" => "0000202053",
        "USD" => "0000202054",
        _ => "0000202051",
    };
    crate::checks::iban("DE", &format!("12030000{account}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_euro_account_is_the_one_on_the_letters() {
        assert_eq!(super::iban("EUR"), "DE02120300000000202051");
    }
}
