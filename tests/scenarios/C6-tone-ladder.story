# The tone rises step by step: friendly, neutral, firm from the third letter on, final at the end. It never falls.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME tone friendly          because 1 day past due
2026-03-06  day turns
  > send second-notice to ACME tone neutral
2026-03-16  day turns
  > send firm-notice to ACME tone firm
2026-03-23  day turns
  > send suspension-warning to ACME tone firm
2026-04-06  day turns
  > send final-demand to ACME tone final until 2026-04-16
