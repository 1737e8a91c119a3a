# Two debtors owe the same: money of neither is guessed, money of one is his.
policy: standard

2026-03-02  accounting: invoice INV-7 of 100.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 100.00 EUR to BIRK due 2026-03-01
2026-03-04  gateway: somebody paid 100.00 EUR
  > payment of 100.00 EUR unidentified
2026-03-05  gateway: BIRK paid 100.00 EUR
  > post cash application INV-8 100.00 EUR
  > ACME owes 100.00 EUR
2026-03-05  gateway: somebody paid 100.00 EUR saying "INV-7 and INV-8"
  > ACME owes nothing
