# A dispute that is not justified: the ladder goes on where it stood, no stage left out.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-03  dialer: ACME disputes INV-7 because quality
2026-03-16  desk: resolves dispute of INV-7 as rejected
  > send second-notice to ACME                      because 15 days past due
2026-03-18  day turns
  > queue call to ACME
