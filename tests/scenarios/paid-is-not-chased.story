# Paid between the plan and the sending: the letter does not go out. Paid with the dialer: the call is withdrawn.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  ! delayed
  > not: send first-notice to ACME
2026-03-02  gateway: ACME paid 1200.00 EUR for INV-7
  > cancel send first-notice to ACME
  > not: send first-notice to ACME
2026-03-03  accounting: invoice INV-8 of 300.00 EUR to BIRK due 2026-02-20
2026-03-11  day turns
2026-03-12  gateway: BIRK paid 300.00 EUR for INV-8
  > post cash application INV-8 300.00 EUR
  > BIRK owes nothing
2026-06-01  day turns
  > nothing                                          because nothing is owed
