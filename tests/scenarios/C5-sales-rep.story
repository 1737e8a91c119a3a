# The sales rep hears of it when an invoice is more than a week late, and once; what was seen changes nothing.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-10
2026-03-18  day turns
  > not: tell sales-rep about ACME
2026-03-19  day turns
  > tell sales-rep about ACME for INV-7                    because 9 days past due
2026-03-19  notifier: sales-rep saw the news of ACME
  > nothing to ACME
2026-03-20  day turns
  > not: tell sales-rep about ACME
# What was paid before the notification went out is not told.
2026-03-20  accounting: invoice INV-8 of 300.00 EUR to PROMPT due 2026-03-10
2026-03-27  day turns
  ! delayed
2026-03-28  gateway: PROMPT paid 300.00 EUR for INV-8
  > PROMPT owes nothing
2026-03-30  day turns
  > not: tell sales-rep about PROMPT
