# Who asks not to be called is written to; who asks not to be contacted at all is left in peace.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 400.00 EUR to BIRK due 2026-03-01
2026-03-03  dialer: ACME asks not to be contacted by call
2026-03-03  dialer: BIRK asks not to be contacted
  > nothing                                         because must not be contacted at all
2026-03-06  day turns
  > send second-notice to ACME by email
  > nothing to BIRK
2026-03-08  day turns
  > pass call for INV-7                             because the debtor asked not to be called
2026-03-10  day turns
  > tell sales-rep about ACME
2026-03-31  day turns
  > nothing to BIRK
