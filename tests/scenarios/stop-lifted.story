# A request to stop outlives a new address from the accounting package; only the debtor's own word, on record, ends it.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-03  dialer: ACME asks not to be contacted by email
2026-03-04  accounting: debtor ACME: email new@acme.example
2026-03-06  day turns
  > send second-notice to ACME by letter
2026-03-07  desk: lifts stop of ACME by email because asked for e-mail in a letter of 2026-03-05
2026-03-09  day turns
  > queue call to ACME
2026-03-23  day turns
  > send suspension-warning to ACME by email
