# A partial payment lowers what is asked for; the ladder does not start anew.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-04  gateway: ACME paid 500.00 EUR for INV-7
  > post cash application INV-7 500.00 EUR
  > ACME owes 700.00 EUR
2026-03-06  day turns
  > send second-notice to ACME for INV-7            because 5 days past due
