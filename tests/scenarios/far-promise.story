# A promise that is further away than the policy allows holds nothing.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-05  dialer: ACME promises 1200.00 EUR by 2026-06-30
  > promise of ACME refused                         because more than 30 days away
2026-03-06  day turns
  > send second-notice to ACME                      because 5 days past due
