# A letter takes days: nothing more happens before the debtor can have read it, unless it is known to be there.
policy: standard
debtor ACME: no email
debtor NORD: no email

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 1200.00 EUR to NORD due 2026-03-01
  > send first-notice to ACME by letter
  > send first-notice to NORD by letter
2026-03-04  accounting: invoice INV-9 of 300.00 EUR to ACME due 2026-03-03
  > nothing to ACME                                   because the letter of 2026-03-02 is in the post until 2026-03-05
2026-03-04  messenger: letter to NORD delivered
2026-03-04  accounting: invoice INV-10 of 300.00 EUR to NORD due 2026-03-03
  > send first-notice to NORD for INV-10
2026-03-05  day turns
  > send first-notice to ACME for INV-9
