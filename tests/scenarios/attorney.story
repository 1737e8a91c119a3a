# While an attorney speaks for the debtor nobody else is written to or called; when the mandate ends, the ladder goes on where it stood.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-09  day turns
  > queue call to ACME
2026-03-09  desk: protects ACME as attorney because letter of Kanzlei Nord
  > withdraw call to ACME                           because an attorney speaks for the debtor
2026-04-30  day turns
  > nothing                                         because attorney
2026-05-04  desk: ends attorney of ACME because mandate laid down
  > queue call to ACME                              because 64 days past due: call
2026-05-05  day turns
  > tell sales-rep about ACME
