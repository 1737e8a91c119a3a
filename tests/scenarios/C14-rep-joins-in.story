# On a large account the sales rep joins in; on a small one the level is passed over.
policy: people

2026-03-01  accounting: invoice INV-1 of 4000.00 EUR to LARGE due 2026-03-31
2026-03-01  accounting: invoice INV-2 of 1500.00 EUR to LARGE due 2026-03-31
2026-03-01  accounting: invoice INV-3 of 300.00 EUR to SMALL due 2026-03-31
2026-04-08  day turns
  > not: task join-in for sales-rep about LARGE until 2026-04-10
2026-04-09  day turns
  > task join-in for sales-rep about LARGE until 2026-04-11           because 9 days past due: the sales rep joins in
  > pass rep-joins-in for INV-3                                       because 300.00 EUR is less than 1000.00 EUR
2026-04-10  gateway: LARGE paid 4000.00 EUR for INV-1
  > not: task join-in of LARGE moot
2026-04-13  gateway: LARGE paid 1500.00 EUR for INV-2
  > task join-in of LARGE moot                                        because what it was about is settled
