# A new customer pays before the appointment: asked two weeks ahead, and whoever has not paid in time is named.
policy: standard

2026-03-02  accounting: appointment A-17 of 80.00 EUR with ACME on 2026-03-26
  > nothing to ACME                                        because has to be paid by 2026-03-24
2026-03-12  day turns
  > ask prepayment of ACME 80.00 EUR by email for A-17 until 2026-03-24
2026-03-16  day turns
  > nothing to ACME                                        because prepayment open
2026-03-17  gateway: ACME paid 30.00 EUR saying "A-17"
  > ACME has 30.00 EUR unapplied
  > nothing to ACME                                        because 50.00 EUR has to be paid
2026-03-25  day turns
  > alert sales-rep about ACME                             because has to be paid by 2026-03-24
2026-03-25  gateway: ACME paid 50.00 EUR saying "A-17"
2026-03-26  day turns
  > not: ask prepayment of ACME
2026-03-26  accounting: appointment A-17 of ACME is over
  > nothing to ACME

# A known customer pays afterwards.
2026-04-01  accounting: customer OLD since 2024-01-01
2026-04-01  accounting: order O-3 of 500.00 EUR with OLD on 2026-04-10
  > nothing to OLD
2026-04-09  day turns
  > nothing to OLD
