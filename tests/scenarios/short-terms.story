# Due in five days: the question whether it arrived would come after the reminder, so it is left out, by rule.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-07 issued 2026-03-02
  > pass receipt-confirmation for INV-7             because `courtesy-reminder` comes on 2026-03-04
2026-03-04  day turns
  > send courtesy-reminder to ACME
2026-03-09  day turns
  > send first-notice to ACME
