# Months of history are read in: it is taken and judged, and nothing goes out. Then the ladder begins at its first level.
policy: standard

2026-03-02  backfill begins
2026-03-02  accounting: invoice INV-1 of 300.00 EUR to ACME due 2025-10-01
2026-03-02  accounting: invoice INV-2 of 900.00 EUR to ACME due 2025-11-01
2026-03-02  gateway: ACME paid 300.00 EUR for INV-1
  > nothing                                         because history is being read in
  > ACME owes 900.00 EUR
2026-03-16  day turns
  > nothing                                         because backfill
2026-03-17  backfill ends
  > post cash application INV-1 300.00 EUR
  > send first-notice to ACME by email for INV-2    because 136 days past due
  > not: queue call to ACME
2026-03-18  day turns
  > nothing
2026-03-23  day turns
  > send second-notice to ACME
2026-03-25  day turns
  > queue call to ACME
