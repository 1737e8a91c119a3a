# The bank is silent: nobody is chased on old knowledge.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-10
2026-03-05  gateway: statements known until 2026-03-04
2026-03-11  day turns
  > nothing                                         because payments are known until 2026-03-04 only
2026-03-12  gateway: statements known until today
  > send first-notice to ACME                       because 2 days past due
