# The agency takes the account: we are silent, it collects, remits and returns the rest; a collection that bounces counts again.
policy: standard

2026-03-02  accounting: invoice INV-7 of 900.00 EUR to ACME due 2026-01-05
2026-04-18  day turns
  > place ACME with agency 900.00 EUR for INV-7
2026-04-20  agency: accepts ACME as AG-77
  > nothing                                         because placed with the agency since 2026-04-18
2026-05-04  agency: collected 300.00 EUR from ACME as T-1 remitting "REM 5"
  > ACME owes 600.00 EUR
  > agency kept 100.00 EUR of ACME
2026-05-06  gateway: somebody paid 200.00 EUR quoting "REM 5"
  > nothing                                         because the agency's remittance
  > ACME has nothing unapplied
  > ACME owes 600.00 EUR
2026-05-08  agency: reversed T-1 of ACME
  > ACME owes 900.00 EUR
  > agency kept 0.00 EUR of ACME
2026-06-01  agency: returns ACME because uncollectable
  > nothing                                         because the ladder has ended
  > ACME owes 900.00 EUR
