# A debt that is told late is caught up from the first notice on, one level per gap; what has lost its time is passed over.
policy: standard
complete

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-02-01 issued 2026-01-02
  > pass receipt-confirmation for INV-7             because its last day was 2026-01-12
  > pass courtesy-reminder for INV-7                because its last day was 2026-02-01
  > send first-notice to ACME                       because 29 days past due
2026-03-06  day turns
  > send second-notice to ACME
2026-03-09  day turns
  > queue call to ACME
2026-03-10  day turns
  > tell sales-rep about ACME
2026-03-16  day turns
  > send firm-notice to ACME
2026-03-23  day turns
  > send suspension-warning to ACME
2026-03-30  day turns
  > hold credit of ACME
2026-04-06  day turns
  > send final-demand to ACME until 2026-04-16
2026-04-18  day turns
  > place ACME with agency
