# A disputed invoice is left in peace, the other one is not; the credit memo settles it.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 300.00 EUR to ACME due 2026-03-01
2026-03-05  dialer: ACME disputes INV-7 because not-received
  > nothing                                         because disputed since 2026-03-05 (not-received)
2026-03-06  day turns
  > send second-notice to ACME for INV-8
2026-03-13  desk: resolves dispute of INV-7 as upheld
  > nothing                                         because the credit memo of 1200.00 EUR is awaited
2026-03-16  accounting: credit memo CM-1 of 1200.00 EUR to ACME for INV-7
  > ACME owes 300.00 EUR
  > ACME has nothing credit
