# At the end of the ladder and a year past due an invoice is proposed for write-off; once, and only as far as it is open.
policy: standard

# Too small for the agency: its ladder ends with the final demand.
2026-03-02  accounting: invoice INV-7 of 40.00 EUR to ACME due 2026-03-01
2026-12-01  day turns
  > nothing                                          because the ladder has ended
2027-03-01  day turns
  > propose write-off of INV-7                       because 365 days past due
2027-03-03  gateway: ACME paid 15.00 EUR for INV-7
  > not: propose write-off of INV-7
2027-03-05  desk: KIM approves write-off of INV-7
  > write off INV-7 as write-off 25.00 EUR
  > ACME owes nothing
