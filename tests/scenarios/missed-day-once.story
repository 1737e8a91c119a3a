# The hub was away while two levels became due. The first is caught up once, the second keeps its distance; nothing comes twice.
policy: standard
complete

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME by email
2026-03-05  backfill begins
2026-03-11  backfill ends
  > send second-notice to ACME by email              because 10 days past due
2026-03-12  day turns
  > nothing                                          because next is `call`
2026-03-13  day turns
  > queue call to ACME                               because 12 days past due
