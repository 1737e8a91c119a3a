# Goods instead of money: the ladder waits for them, then for the credit memo; goods that do not come are owed.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 500.00 EUR to BIRK due 2026-03-01
  > send first-notice to ACME
  > send first-notice to BIRK
2026-03-04  desk: KIM offers return of INV-7 worth 300.00 EUR until 2026-03-18
  > nothing to ACME                                  because may come back until 2026-03-18
2026-03-04  desk: KIM offers return of INV-8 worth 500.00 EUR until 2026-03-10
  > nothing to BIRK                                  because may come back until 2026-03-10
2026-03-11  day turns
  > return of BIRK lapsed                            because did not come by 2026-03-10
  > send second-notice to BIRK
2026-03-16  desk: KIM receives goods of INV-7
  > order credit memo INV-7 300.00 EUR               because goods returned
  > ACME owes 1200.00 EUR
2026-03-19  day turns
  > nothing to ACME                                  because the credit memo of 300.00 EUR is awaited
2026-03-20  accounting: credit memo CM-1 of 300.00 EUR to ACME for INV-7
  > send second-notice to ACME
  > ACME owes 900.00 EUR
