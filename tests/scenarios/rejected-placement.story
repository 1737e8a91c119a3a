# The agency does not want it: a person decides what comes next.
policy: standard

2026-03-02  accounting: invoice INV-7 of 900.00 EUR to ACME due 2026-01-05
2026-04-18  day turns
  > place ACME with agency
2026-04-20  agency: rejects ACME because too small
  > nothing                                         because the ladder has ended: a person decides
