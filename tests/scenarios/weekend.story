# Nobody is contacted at the weekend; colleagues and other systems are.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-06
2026-03-07  day turns
  > nothing                                         because nobody is contacted at the weekend
2026-03-08  day turns
  > nothing
2026-03-09  day turns
  > send first-notice to ACME                       because 3 days past due
