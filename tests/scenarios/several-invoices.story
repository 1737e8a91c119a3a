# One notice an account: the highest level speaks, what is due with it comes along, what is not due yet does not.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 300.00 EUR to ACME due 2026-03-05
2026-03-02  accounting: invoice INV-9 of 400.00 EUR to ACME due 2026-03-09
2026-03-06  day turns
  > send second-notice to ACME for INV-7, INV-8     because 5 days past due
2026-03-09  day turns
  > queue call to ACME for INV-7
  > not: send courtesy-reminder to ACME
