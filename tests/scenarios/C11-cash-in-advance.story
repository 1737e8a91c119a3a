# Who broke a promise gets no more credit until the balance is zero.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-10  dialer: ACME promises 1200.00 EUR by 2026-03-17
  > not: ACME pays in advance
2026-03-20  day turns
  > promise of ACME broken
  > ACME pays in advance                             because promise of 1200.00 EUR by 2026-03-17 broken
2026-03-24  gateway: ACME paid 500.00 EUR for INV-7
  > ACME pays in advance
2026-03-26  gateway: ACME paid 700.00 EUR for INV-7
  > not: ACME pays in advance
  > ACME owes nothing
# An old sin, paid for, is not held against the next invoice.
2026-04-01  accounting: invoice INV-8 of 100.00 EUR to ACME due 2026-04-30
  > not: ACME pays in advance
