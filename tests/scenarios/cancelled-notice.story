# A notice that could not go out yet is cancelled by the payment; a level that was never said is said later.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  ! delayed
  > nothing
2026-03-02  gateway: ACME paid 1200.00 EUR for INV-7
  > cancel send first-notice to ACME                because nothing is owed
  > not: send first-notice to ACME
2026-03-04  gateway: payment of 1200.00 EUR by ACME reversed
  > send first-notice to ACME
