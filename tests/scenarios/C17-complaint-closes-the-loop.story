# A complaint goes to whoever can mend the cause, with a day; and what comes again and again is told.
policy: people

2026-03-02  accounting: invoice INV-1 of 500.00 EUR to ACME due 2026-03-31
2026-03-02  accounting: invoice INV-2 of 500.00 EUR to ACME due 2026-04-10
2026-03-02  accounting: invoice INV-3 of 500.00 EUR to ACME due 2026-04-20
2026-03-02  accounting: invoice INV-4 of 500.00 EUR to ACME due 2026-04-30
2026-03-20  dialer: ACME disputes INV-1 of 100.00 EUR because quality
  > dispute of INV-1 goes to workshop until 2026-03-30
  > task complaint for workshop about ACME until 2026-03-30           because 100.00 EUR is disputed
2026-03-30  day turns
  > not: overdue dispute of INV-1
2026-03-31  day turns
  > overdue dispute of INV-1
2026-04-01  desk: resolves dispute of INV-1 as upheld
  > task complaint of ACME moot                                       because the dispute is resolved
  > not: overdue dispute of INV-1

# Nobody is named for this reason.
2026-04-02  dialer: ACME disputes INV-2 because price
  > ACME has no task complaint
2026-04-03  dialer: ACME disputes INV-3 because quality
  > task complaint for workshop about ACME until 2026-04-13
  > not: task root-cause for quality-manager about ACME until 2026-04-05
2026-04-20  dialer: ACME disputes INV-4 because quality
  > task root-cause for quality-manager about ACME until 2026-04-22   because 3 disputes for the same reason in 90 days
2026-04-21  desk: KIM does root-cause of ACME because the supplier was changed
2026-04-30  day turns
  > not: task root-cause for quality-manager about ACME until 2026-05-02

# What was told is not counted a second time.
2026-05-01  accounting: invoice INV-5 of 500.00 EUR to ACME due 2026-05-31
2026-05-02  dialer: ACME disputes INV-5 because quality
  > not: task root-cause for quality-manager about ACME until 2026-05-04
