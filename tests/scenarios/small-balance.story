# Small change is left in peace until it grows.
policy: standard

2026-03-02  accounting: invoice INV-7 of 9.50 EUR to ACME due 2026-03-01
  > nothing                                         because 9.50 EUR is below the smallest balance of 10.00 EUR
2026-03-09  accounting: invoice INV-8 of 40.00 EUR to ACME due 2026-04-08
  > send first-notice to ACME for INV-7
