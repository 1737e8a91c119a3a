# A moratorium holds everything until its last day; the day after, the ladder goes on and nothing is left out.
policy: standard
debtor ACME: kind consumer

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME
2026-03-04  desk: protects ACME as moratorium until 2026-05-04
2026-03-20  day turns
  > nothing                                         because a moratorium protects the debtor until 2026-05-04
2026-05-04  day turns
  > nothing                                         because moratorium
2026-05-05  day turns
  > send second-notice to ACME
