# The day after the due date is the first day overdue: the first notice goes out on it, friendly, as if it had been forgotten.
policy: standard
complete

2026-03-05  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-10
2026-03-09  day turns
  > send courtesy-reminder to ACME by email                   because due in 1 day
2026-03-10  day turns
  > nothing                                                   because next is `first-notice`
2026-03-11  day turns
  > send first-notice to ACME by email for INV-7 tone friendly   because 1 day past due
2026-03-12  gateway: ACME paid 1200.00 EUR for INV-7
  > post cash application INV-7 1200.00 EUR
2026-06-30  day turns
  > nothing                                                   because nothing is owed
