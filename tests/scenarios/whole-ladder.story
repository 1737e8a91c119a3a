# The standard ladder, day by day, for a debtor who never answers. Everything that happens is told.
policy: standard
complete

2026-01-05  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-02-04 issued 2026-01-05
  > nothing                                         because next is `receipt-confirmation`
2026-01-08  day turns
  > send receipt-confirmation to ACME by email      because due in 27 days
# Three days before the due date is a Sunday: the reminder waits for Monday.
2026-02-01  day turns
  > nothing                                         because weekend
2026-02-02  day turns
  > send courtesy-reminder to ACME by email         because due in 2 days
2026-02-05  day turns
  > send first-notice to ACME by email              because 1 day past due
2026-02-09  day turns
  > send second-notice to ACME by email             because 5 days past due
2026-02-11  day turns
  > queue call to ACME for INV-7                    because 7 days past due
2026-02-11  dialer: call to ACME ended voicemail_left
  > nothing
2026-02-13  day turns
  > tell sales-rep about ACME                       because 9 days past due
2026-02-18  day turns
  > send firm-notice to ACME by letter              because 14 days past due
2026-02-25  day turns
  > send suspension-warning to ACME by email        because 21 days past due
2026-03-04  day turns
  > hold credit of ACME                             because 28 days past due
2026-03-11  day turns
  > send final-demand to ACME by letter until 2026-03-21
2026-03-25  day turns
  > nothing                                         because next is `agency`
2026-03-26  day turns
  > place ACME with agency 1200.00 EUR for INV-7    because 50 days past due
2026-06-30  day turns
  > nothing
  > ACME owes 1200.00 EUR
