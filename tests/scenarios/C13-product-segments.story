# What was sold decides about the segment, as long as something is owed for it.
policy: products

2026-03-02  accounting: invoice INV-7 of 900.00 EUR to ACME due 2026-03-01 selling pump selling rental
2026-03-02  accounting: invoice INV-8 of 900.00 EUR to NORD due 2026-03-01 selling pump
  > ACME is in segment rental
  > nothing to ACME
  > send first-notice to NORD                        because no other segment applies
2026-03-11  day turns
  > send first-notice to ACME                        because 10 days past due
2026-03-16  gateway: ACME paid 900.00 EUR for INV-7
2026-03-16  accounting: invoice INV-9 of 100.00 EUR to ACME due 2026-03-15 selling pump
  > ACME is in segment all
  > send first-notice to ACME for INV-9
