# A broken promise lets the ladder go on where it stood; a payment ends it.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send dunning notice level 1 to ACME             because 1 day past due
2026-03-06  day turns
  > send dunning notice level 2 to ACME             because 5 days past due
2026-03-09  day turns
  > queue call to ACME                              because 8 days past due
2026-03-10  dialer: call to ACME ended rpc_ptp
2026-03-10  dialer: ACME promises 1200.00 EUR by 2026-03-17
  > tell sales-rep about ACME                       because 9 days past due
2026-03-11  day turns
  > nothing                                         because running promise until 2026-03-17
2026-03-16  day turns
  > nothing
# Two days of grace: money takes time to arrive.
2026-03-19  day turns
  > nothing
2026-03-20  day turns
  > promise of ACME broken                          because 1200.00 EUR promised by 2026-03-17
  > send dunning notice level 3 to ACME by letter    because promise broken
2026-03-24  gateway: ACME paid 1200.00 EUR for INV-7
  > post cash application INV-7 1200.00 EUR
  > ACME owes nothing
2026-06-01  day turns
  > nothing
