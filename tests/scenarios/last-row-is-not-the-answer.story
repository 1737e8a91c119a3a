# The last thing that happened does not settle what came before it: each invoice stands for itself.
policy: standard

2026-03-02  accounting: invoice INV-7 of 400.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 300.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-9 of 200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME for INV-7, INV-8, INV-9
2026-03-03  dialer: ACME disputes INV-8
2026-03-04  desk: resolves dispute of INV-8 as upheld
2026-03-05  accounting: credit memo CM-1 of 300.00 EUR to ACME for INV-8
2026-03-05  gateway: ACME paid 200.00 EUR for INV-9
  > ACME owes 400.00 EUR
# The newest rows say resolved, credited, paid. INV-7 is not.
2026-03-06  day turns
  > send second-notice to ACME for INV-7             because 5 days past due
2026-03-09  dialer: call to ACME ended already_paid
  > ACME owes 400.00 EUR
