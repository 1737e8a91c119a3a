# A dispute while placed: the account is called back, and left in peace until the dispute is settled.
policy: standard

2026-03-02  accounting: invoice INV-7 of 900.00 EUR to ACME due 2026-01-05
2026-04-18  day turns
  > place ACME with agency
2026-04-20  agency: accepts ACME
2026-04-24  agency: ACME disputes INV-7 because quality
  > recall ACME from agency                         because INV-7 is disputed (quality)
2026-04-27  agency: confirms recall of ACME
  > nothing                                         because disputed since 2026-04-24
