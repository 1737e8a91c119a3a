# Without a phone number the call is passed over, by a rule that is written down.
policy: standard
debtor ACME: no phone

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-06  day turns
  > send second-notice to ACME
2026-03-08  day turns
  > pass call for INV-7                             because no phone number is known
2026-03-10  day turns
  > tell sales-rep about ACME
