# The invoice number is found as a whole word, however it is broken; the order of the text is the order of payment.
policy: standard

2026-03-02  accounting: invoice INV-2026-001 of 100.00 EUR to ACME due 2026-04-01
2026-03-02  accounting: invoice INV-2026-0012 of 500.00 EUR to ACME due 2026-05-01
2026-03-20  gateway: somebody paid 100.00 EUR saying "Rechnung inv 2026/001, danke"
  > post cash application INV-2026-001 100.00 EUR   because by the invoice number in its text
  > not: post cash application INV-2026-0012
  > ACME owes 500.00 EUR
2026-03-23  gateway: somebody paid 500.00 EUR saying "XINV-2026-0012"
  > payment of 500.00 EUR unidentified
  > ACME owes 500.00 EUR
