# Placed, and paid to us: the agency is told once; with nothing left, the account is called back.
policy: standard

2026-03-02  accounting: invoice INV-7 of 900.00 EUR to ACME due 2026-01-05
2026-04-18  day turns
  > place ACME with agency
2026-04-20  agency: accepts ACME
2026-04-22  gateway: ACME paid 400.00 EUR for INV-7
  > post cash application INV-7 400.00 EUR
  > report direct payment of ACME 400.00 EUR        because paid directly while placed
  > not: recall ACME from agency
2026-04-27  gateway: ACME paid 500.00 EUR for INV-7
  > report direct payment of ACME 500.00 EUR
  > recall ACME from agency                         because everything was paid or credited directly
2026-04-28  agency: confirms recall of ACME
  > nothing
  > ACME owes nothing
