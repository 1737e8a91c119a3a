# Interest that was agreed before the debt arose stands in the place of the law's where a contract may differ (Sweden), and is the
# only one where the law gives none (United States, between businesses).
policy: charges
debtor ANNA: country SE, language sv, kind consumer
debtor BOLT: country US, language en, zone America/New_York

2026-01-12  desk: records signed terms of 30 days with ANNA as "contract 12" agreeing interest of 12 percent
2026-01-12  desk: records signed terms of 30 days with BOLT as "contract 13" agreeing interest of 18 percent
2026-03-02  accounting: invoice INV-7 of 5000.00 SEK to ANNA due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 20000.00 USD to BOLT due 2026-03-01
# 11 days: 5000 * 12 * 11 / 36500 = 18.0822 -> 18.08, and 20000 * 18 * 11 / 36500 = 108.4932 -> 108.49.
2026-03-12  day turns
  > charge interest 18.08 SEK for INV-7                 because 12.00 % a year, agreed on 2026-01-12
  > charge interest 108.49 USD for INV-8                because contract 13
