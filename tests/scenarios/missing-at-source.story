# Two full listings do not have the invoice any more: nobody is chased about it until it is listed again.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 400.00 EUR to ACME due 2026-03-05
2026-03-09  day turns
  > queue call to ACME for INV-7
2026-03-09  accounting: invoice INV-7 is missing
  > withdraw call to ACME                           because does not list it any more
2026-03-10  day turns
  > send second-notice to ACME for INV-8            because missing at source
2026-03-31  accounting: invoice INV-7 is found
  > queue call to ACME for INV-7
