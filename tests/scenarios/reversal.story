# A payment that bounces opens the invoice again, exactly; the ladder starts anew, and nothing is sent twice in one walk.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-04  gateway: ACME paid 1200.00 EUR for INV-7
  > post cash application INV-7 1200.00 EUR
  > ACME owes nothing
2026-03-10  gateway: payment of 1200.00 EUR by ACME reversed
  > ACME owes 1200.00 EUR
  > send first-notice to ACME                       because 9 days past due
2026-03-11  day turns
  > nothing
2026-03-14  day turns
  > nothing                                         because weekend
2026-03-16  day turns
  > send second-notice to ACME
