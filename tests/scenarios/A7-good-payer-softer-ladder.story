# Who pays well is treated softly: a week more, no call. The score is counted anew when a month begins.
policy: segments

2025-07-01  accounting: invoice INV-7 of 1000.00 EUR to GOODCO due 2025-07-28 issued 2025-07-01
2025-07-27  gateway: GOODCO paid 1000.00 EUR for INV-7
2025-08-01  accounting: invoice INV-8 of 1000.00 EUR to GOODCO due 2025-08-28 issued 2025-08-01
2025-08-27  gateway: GOODCO paid 1000.00 EUR for INV-8
2025-09-01  accounting: invoice INV-9 of 1000.00 EUR to GOODCO due 2025-09-28 issued 2025-09-01
2025-09-27  gateway: GOODCO paid 1000.00 EUR for INV-9
2025-10-01  accounting: invoice INV-10 of 1000.00 EUR to GOODCO due 2025-10-28 issued 2025-10-01
2025-10-27  gateway: GOODCO paid 1000.00 EUR for INV-10
2025-11-01  accounting: invoice INV-11 of 1000.00 EUR to GOODCO due 2025-11-28 issued 2025-11-01
2025-11-27  gateway: GOODCO paid 1000.00 EUR for INV-11

2026-03-02  accounting: invoice INV-20 of 1000.00 EUR to GOODCO due 2026-03-01
  > nothing to GOODCO                                because payer score 100: 5 of 5 invoices on time
  > GOODCO is in segment good-payers
2026-03-09  day turns
  > send first-notice to GOODCO                      because 8 days past due
# 31 days late of 1000.00 in 6000.00 are 5 days on average; 5 of 6 on time are 83: 78 points, below 80.
2026-04-01  day turns
  > GOODCO is in segment everyone-else
  > send suspension-warning to GOODCO                because no other segment applies
