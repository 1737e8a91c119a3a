# Without a reference: the exact amount from a known payer. One item, or all that is overdue, or all that is open.
policy: standard

2026-03-02  accounting: invoice INV-7 of 100.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 250.00 EUR to ACME due 2026-05-01
2026-03-05  gateway: ACME paid 250.00 EUR from DE99
  > post cash application INV-8 250.00 EUR          because by its amount and payer
2026-03-06  gateway: ACME paid 77.00 EUR
  > payment of 77.00 EUR unidentified               because no reference, invoice number, or exact amount
  > ACME owes 100.00 EUR
# The bank account is known by now, whatever name is given.
2026-03-09  gateway: somebody paid 100.00 EUR from DE99
  > post cash application INV-7 100.00 EUR
  > ACME owes nothing
