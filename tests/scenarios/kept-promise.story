# A kept promise: nobody is bothered while it runs, nor afterwards.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-10  dialer: ACME promises 1200.00 EUR by 2026-03-17
  > not: send firm-notice to ACME
2026-03-16  day turns
  > nothing
2026-03-18  gateway: ACME paid 1200.00 EUR for INV-7
  > promise of ACME kept                            because 1200.00 EUR promised
  > post cash application INV-7 1200.00 EUR
2026-05-01  day turns
  > nothing
