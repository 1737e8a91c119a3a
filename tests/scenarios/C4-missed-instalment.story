# A missed instalment lets the ladder go on; caught up, the plan holds it again; missed twice, it is broken.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME
2026-03-04  desk: KIM agrees plan with ACME for INV-7 in 400.00 EUR by 2026-04-10, 400.00 EUR by 2026-05-11, 400.00 EUR by 2026-06-10
  > nothing                                          because payment plan: 400.00 EUR by 2026-04-10
2026-04-13  day turns
  > nothing                                          because payment plan: 400.00 EUR by 2026-04-10
2026-04-14  day turns
  > instalment of ACME missed 2026-04-10             because 400.00 EUR is not here
  > send second-notice to ACME
2026-04-15  gateway: ACME paid 400.00 EUR for INV-7
  > post cash application INV-7 400.00 EUR           because payment plan: 400.00 EUR by 2026-05-11
2026-04-24  day turns
  > nothing                                          because payment plan: 400.00 EUR by 2026-05-11
2026-05-15  day turns
  > instalment of ACME missed 2026-05-11
  > plan of ACME broken                              because what is left is due at once
  > ACME pays in advance                             because payment plan broken
  > queue call to ACME
  > ACME owes 800.00 EUR
