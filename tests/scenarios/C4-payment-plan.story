# Kept instalments hold the ladder, and the last one ends the plan.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME
2026-03-04  desk: KIM agrees plan with ACME for INV-7 in 400.00 EUR by 2026-04-10, 400.00 EUR by 2026-05-11, 400.00 EUR by 2026-06-10
  > nothing                                          because payment plan: 400.00 EUR by 2026-04-10
2026-03-31  day turns
  > nothing                                          because payment plan
2026-04-09  gateway: ACME paid 400.00 EUR for INV-7
  > post cash application INV-7 400.00 EUR           because payment plan: 400.00 EUR by 2026-05-11
  > ACME owes 800.00 EUR
# Three days late is within the grace.
2026-05-14  gateway: ACME paid 400.00 EUR for INV-7
  > not: instalment of ACME missed 2026-05-11
  > post cash application INV-7 400.00 EUR           because payment plan: 400.00 EUR by 2026-06-10
2026-06-01  gateway: ACME paid 400.00 EUR for INV-7
  > plan of ACME kept
  > ACME owes nothing
2026-09-01  day turns
  > nothing                                          because nothing is owed
