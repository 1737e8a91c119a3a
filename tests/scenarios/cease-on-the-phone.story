# What is said on the phone counts: a lawyer's name stops every contact.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-09  day turns
  > queue call to ACME
2026-03-09  dialer: call to ACME ended attorney_represented
  > nothing                                         because an attorney speaks for the debtor
2026-04-30  day turns
  > nothing
