# Half of what was promised arrives: partly kept, and the ladder goes on for the rest.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-10  dialer: ACME promises 1200.00 EUR by 2026-03-17
2026-03-16  gateway: ACME paid 600.00 EUR for INV-7
  > post cash application INV-7 600.00 EUR          because running promise
2026-03-20  day turns
  > promise of ACME partly kept                     because 600.00 EUR received
  > ACME owes 600.00 EUR
