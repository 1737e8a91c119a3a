# The invoice was never settled: a bounced part payment does not start the ladder anew.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-04  gateway: ACME paid 200.00 EUR for INV-7
2026-03-05  gateway: payment of 200.00 EUR by ACME reversed
  > nothing                                         because next is `second-notice`
  > ACME owes 1200.00 EUR
