# The few largest accounts get the most attention. A part payment that takes an account out of its segment repeats nothing.
policy: segments

2026-03-02  accounting: invoice INV-7 of 60000.00 EUR to BIGCO due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 500.00 EUR to SMALLCO due 2026-03-01
  > send first-notice to BIGCO                       because owes 60000.00 EUR, 50000.00 EUR or more
  > send first-notice to SMALLCO                     because is a customer since 2026-01-30
  > BIGCO is in segment key-accounts
  > SMALLCO is in segment new-customers
2026-03-06  day turns
  > send second-notice to BIGCO
  > nothing to SMALLCO                               because next is `call`
2026-03-09  day turns
  > queue call to SMALLCO
  > nothing to BIGCO                                 because next is `sales-rep`
2026-03-10  day turns
  > tell sales-rep about BIGCO                       because 9 days past due
2026-03-11  gateway: BIGCO paid 20000.00 EUR for INV-7
  > BIGCO owes 40000.00 EUR
  > BIGCO is in segment new-customers
  > not: send first-notice to BIGCO
  > not: send second-notice to BIGCO
2026-03-12  day turns
  > queue call to BIGCO                              because 11 days past due
