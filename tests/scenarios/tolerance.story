# Small differences cost nobody a letter: a small rest is let off, a small excess waits for the next invoice.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-31
2026-03-02  accounting: invoice INV-8 of 20.00 EUR to BIRK due 2026-03-31
2026-03-02  accounting: invoice INV-9 of 100.00 EUR to CORA due 2026-03-31
2026-03-02  accounting: invoice INV-10 of 100.00 EUR to DORA due 2026-03-31
2026-03-10  gateway: ACME paid 1199.70 EUR for INV-7
  > write off INV-7 as small-rest 0.30 EUR           because within the tolerance
  > ACME owes nothing
# Below fifty cents, and still more than one percent of the invoice.
2026-03-10  gateway: BIRK paid 19.60 EUR for INV-8
  > not: write off INV-8 as small-rest
  > BIRK owes 0.40 EUR
2026-03-10  gateway: CORA paid 100.40 EUR for INV-9
  > post cash application INV-9 100.00 EUR           because kept for the next invoice
  > CORA has 0.40 EUR unapplied
2026-03-12  accounting: invoice INV-11 of 50.00 EUR to CORA due 2026-04-30
  > post cash application INV-11 0.40 EUR            because kept from an overpayment
  > CORA owes 49.60 EUR
  > CORA has nothing unapplied
# Given back, both invoices are owed again by what it paid.
2026-03-13  gateway: payment of 100.40 EUR by CORA reversed
  > CORA owes 150.00 EUR
2026-03-13  gateway: DORA paid 105.00 EUR for INV-10
  > post cash application INV-10 100.00 EUR          because a person assigns it
  > DORA has 5.00 EUR unapplied
