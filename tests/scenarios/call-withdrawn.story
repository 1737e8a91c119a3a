# Money arrives while the call waits at the dialer: the call is taken back.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-09  day turns
  > queue call to ACME
2026-03-09  gateway: ACME paid 1200.00 EUR for INV-7
  > post cash application INV-7 1200.00 EUR
  > withdraw call to ACME                           because nothing is owed
2026-03-31  day turns
  > nothing
