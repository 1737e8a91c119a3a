# It is not known whether the first notice went out: no other notice goes out until a person says.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  ! unknown
  > send first-notice to ACME
2026-03-06  day turns
  > nothing                                         because a person has to say
2026-03-09  desk: knows for ACME that send first-notice to ACME happened
  > send second-notice to ACME
2026-03-10  accounting: invoice INV-8 of 500.00 EUR to BIRK due 2026-03-09
  ! unknown
  > send first-notice to BIRK
2026-03-12  desk: knows for BIRK that send first-notice to BIRK did not happen
  > send first-notice to BIRK                       because 3 days past due
