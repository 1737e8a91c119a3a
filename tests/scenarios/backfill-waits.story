# What was planned and handed on before a backfill waits for its end; what has lost its reason is taken back at once.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-03  accounting: invoice INV-8 of 500.00 EUR to BETA due 2026-03-03
2026-03-05  day turns
  ! delayed
  > nothing to BETA
2026-03-05  backfill begins
  > nothing                                         because waits: history is being read in
2026-03-06  gateway: BETA paid 500.00 EUR for INV-8
  > cancel send first-notice to BETA
  > nothing                                         because backfill
2026-03-20  day turns
  > nothing
2026-03-23  backfill ends
  > send second-notice to ACME                      because 22 days past due
  > post cash application INV-8 500.00 EUR
