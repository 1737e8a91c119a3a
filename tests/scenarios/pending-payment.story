# An announced payment holds the ladder; booked, it settles; not booked, it is waited for a week only.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 400.00 EUR to BIRK due 2026-03-01
2026-03-05  gateway: ACME announced 1200.00 EUR for INV-7
  > nothing to ACME                                 because a payment of 1200.00 EUR is announced
2026-03-05  gateway: BIRK announced 400.00 EUR for INV-8
2026-03-06  day turns
  > nothing
2026-03-09  gateway: ACME paid 1200.00 EUR for INV-7
  > post cash application INV-7 1200.00 EUR
2026-03-12  day turns
  > nothing
2026-03-13  day turns
  > send second-notice to BIRK
  > nothing to ACME
