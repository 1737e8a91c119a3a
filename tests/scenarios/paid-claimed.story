# Who says on the phone that it is paid is left in peace while money travels. The word holds once: said again without money, it holds nothing.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-09  day turns
  > queue call to ACME
2026-03-09  dialer: call to ACME ended rpc_paid_claimed
  > nothing                                         because said on 2026-03-09 that it is paid
2026-03-14  day turns
  > nothing                                         because payment claimed
2026-03-15  day turns
  > tell sales-rep about ACME
2026-03-20  day turns
  > send firm-notice to ACME
2026-03-21  dialer: call to ACME ended rpc_paid_claimed
2026-03-27  day turns
  > send suspension-warning to ACME
2026-03-28  gateway: ACME paid 1200.00 EUR for INV-7
  > post cash application INV-7 1200.00 EUR
