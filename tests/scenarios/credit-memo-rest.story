# A credit memo pays the invoice it names, then the oldest open ones; what is left waits for the next invoice.
policy: standard

2026-03-02  accounting: invoice INV-7 of 100.00 EUR to ACME due 2026-04-01
2026-03-02  accounting: invoice INV-8 of 200.00 EUR to ACME due 2026-05-01
2026-03-03  accounting: credit memo CM-1 of 350.00 EUR to ACME for INV-8
  > ACME owes nothing
  > ACME has 50.00 EUR credit
2026-03-04  accounting: invoice INV-9 of 80.00 EUR to ACME due 2026-05-02
  > ACME owes 30.00 EUR
  > ACME has nothing credit
