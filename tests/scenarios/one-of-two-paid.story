# One of two invoices is paid while the call waits: it is taken back, and a new one asks for the right amount.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 300.00 EUR to ACME due 2026-03-01
2026-03-09  day turns
  > queue call to ACME for INV-7, INV-8
2026-03-09  gateway: ACME paid 1200.00 EUR for INV-7
  > withdraw call to ACME                           because INV-7: nothing is owed
  > queue call to ACME for INV-8                    because 8 days past due
