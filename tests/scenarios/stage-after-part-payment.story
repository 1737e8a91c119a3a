# A part payment skips no stage: the next one comes, about what is left.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME
2026-03-04  gateway: ACME paid 1100.00 EUR for INV-7
  > not: pass second-notice for INV-7
  > ACME owes 100.00 EUR
2026-03-06  day turns
  > send second-notice to ACME for INV-7             because 5 days past due
2026-03-09  day turns
  > queue call to ACME for INV-7
