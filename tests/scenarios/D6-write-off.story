# What is lost is written off by two, told to accounting, and undone by as much as comes after all.
policy: standard

2026-03-02  accounting: invoice INV-7 of 900.00 EUR to ACME due 2026-01-05
2026-03-04  accounting: invoice INV-8 of 500.00 EUR to BIRK due 2026-03-01
2026-03-05  desk: KIM proposes write-off of INV-8 because the company was dissolved
  > BIRK owes 500.00 EUR
# Nobody approves his own proposal.
2026-03-06  desk: KIM approves write-off of INV-8
  > not: write off INV-8 as write-off
  > BIRK owes 500.00 EUR
2026-03-09  desk: LEE approves write-off of INV-8
  > write off INV-8 as write-off 500.00 EUR
  > BIRK owes nothing
2026-04-20  agency: accepts ACME
2026-06-01  agency: returns ACME because uncollectable
  > propose write-off of INV-7                       because the agency gave it back
  > ACME owes 900.00 EUR
# The policy proposes; it takes a person to approve.
2026-09-01  day turns
  > nothing to ACME
  > ACME owes 900.00 EUR
2026-09-02  desk: KIM approves write-off of INV-7
  > write off INV-7 as write-off 900.00 EUR
  > ACME owes nothing
2026-10-05  gateway: ACME paid 250.00 EUR for INV-7
  > reverse write-off INV-7 as write-off 250.00 EUR  because came after the write-off
  > post cash application INV-7 250.00 EUR
  > ACME owes nothing
  > ACME has nothing unapplied
# Bounced: it is lost again, and nobody is chased because of it.
2026-10-09  gateway: payment of 250.00 EUR by ACME reversed
  > write off INV-7 as write-off 250.00 EUR
  > not: send first-notice to ACME
  > ACME owes nothing
