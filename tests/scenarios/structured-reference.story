# A structured reference is stronger than anything else that is written.
policy: standard

2026-03-02  accounting: invoice INV-7 of 100.00 EUR to ACME due 2026-04-01 quoting "RF18 5390 0754 7034"
2026-03-02  accounting: invoice INV-8 of 100.00 EUR to BIRK due 2026-04-01
2026-03-20  gateway: BIRK paid 100.00 EUR quoting "rf18539007547034" saying "INV-8"
  > post cash application INV-7 100.00 EUR          because by its reference
  > BIRK owes 100.00 EUR
  > ACME owes nothing
