# Insolvency opens while the agency has the account: it is called back, and nothing goes out any more.
policy: standard

2026-03-02  accounting: invoice INV-7 of 900.00 EUR to ACME due 2026-01-05
2026-04-18  day turns
  > place ACME with agency
2026-04-20  agency: accepts ACME
2026-04-24  desk: protects ACME as insolvency because 65 IN 12/26
  > recall ACME from agency                         because insolvency proceedings are open (65 IN 12/26)
2026-04-27  agency: confirms recall of ACME
  > nothing                                         because insolvency
2026-06-30  day turns
  > nothing
