# Less than the balance in full: within the authority of one person, above it with a second one; not paid, all of it is owed.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1000.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 1000.00 EUR to BIRK due 2026-03-01
  > send first-notice to ACME
2026-03-04  desk: KIM offers settlement of 920.00 EUR to ACME by 2026-03-20 for INV-7
  > settlement of ACME accepted                      because 80.00 EUR may be let off by one person: up to 100.00 EUR
  > nothing to ACME                                  because settlement: 920.00 EUR by 2026-03-20
2026-03-04  desk: KIM offers settlement of 600.00 EUR to BIRK by 2026-03-20 for INV-8
  > not: settlement of BIRK accepted
  > nothing to BIRK                                  because waits for a second person
2026-03-05  desk: KIM approves settlement of BIRK
  > nothing to BIRK                                  because waits for a second person
2026-03-06  desk: LEE approves settlement of BIRK
  > nothing to BIRK                                  because settlement: 600.00 EUR by 2026-03-20
2026-03-18  gateway: ACME paid 920.00 EUR for INV-7
  > settlement of ACME kept
  > post cash application INV-7 920.00 EUR
  > write off INV-7 as settlement 80.00 EUR
  > ACME owes nothing
2026-03-20  gateway: BIRK paid 500.00 EUR for INV-8
  > BIRK owes 500.00 EUR
2026-03-23  day turns
  > settlement of BIRK failed                        because 500.00 EUR of 600.00 EUR came
  > send second-notice to BIRK
# A settlement whose payment bounces is not kept; its day is over.
2026-03-24  gateway: payment of 920.00 EUR by ACME reversed
  > reverse write-off INV-7 as settlement 80.00 EUR
  > settlement of ACME failed
  > ACME owes 1000.00 EUR
