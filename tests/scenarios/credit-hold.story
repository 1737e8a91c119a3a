# Credit is held after the warning and released with the payment; the ladder does not move by it.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-29  day turns
  > nothing                                         because next is `credit-hold`
2026-03-30  day turns
  > hold credit of ACME                             because 29 days past due
2026-04-01  gateway: ACME paid 1200.00 EUR for INV-7
  > release credit of ACME                          because nothing undisputed is overdue
  > post cash application INV-7 1200.00 EUR
2026-04-30  day turns
  > nothing
