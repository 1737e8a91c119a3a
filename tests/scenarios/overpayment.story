# More than was asked for: the rest stays unapplied until a person says where it belongs.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-04-01
2026-03-02  accounting: invoice INV-8 of 300.00 EUR to ACME due 2026-05-01
2026-03-20  gateway: ACME paid 1300.00 EUR for INV-7
  > post cash application INV-7 1200.00 EUR         because 100.00 EUR of payment
  > ACME has 100.00 EUR unapplied
  > ACME owes 300.00 EUR
2026-03-23  desk: assigns 100.00 EUR of ACME to INV-8
  > post cash application INV-8 100.00 EUR
  > ACME has nothing unapplied
  > ACME owes 200.00 EUR
