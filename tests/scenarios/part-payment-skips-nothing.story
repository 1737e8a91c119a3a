# A part payment makes the debt smaller and skips no stage: the final demand comes although the rest is too small for the agency.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME
2026-03-05  gateway: ACME paid 600.00 EUR for INV-7
  > ACME owes 600.00 EUR
2026-03-06  day turns
  > send second-notice to ACME
2026-03-24  gateway: ACME paid 560.00 EUR for INV-7
  > ACME owes 40.00 EUR
2026-03-30  day turns
  > hold credit of ACME
2026-04-06  day turns
  > send final-demand to ACME until 2026-04-16
2026-04-20  day turns
  > pass agency for INV-7                            because 40.00 EUR is less than 50.00 EUR
  > not: place ACME with agency
