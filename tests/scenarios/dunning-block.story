# People set a dunning block; it ends by itself on its day, or when they lift it.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 400.00 EUR to BIRK due 2026-03-01
2026-03-03  desk: blocks ACME until 2026-03-17 because new owner
  > nothing                                         because dunning block until 2026-03-17: new owner
2026-03-03  desk: blocks BIRK because a friend of the house
2026-03-17  day turns
  > nothing
2026-03-18  day turns
  > send second-notice to ACME
  > nothing to BIRK
2026-03-24  desk: unblocks BIRK
  > send second-notice to BIRK
