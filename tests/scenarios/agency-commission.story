# A third is a third: the sum is rounded, not its parts; reversals at the same rate; nothing is earned after the tail.
policy: standard

2026-03-02  accounting: invoice INV-7 of 900.00 EUR to ACME due 2026-01-05
2026-04-20  agency: accepts ACME as AG-77
2026-05-04  agency: collected 100.00 EUR from ACME as T-1
2026-05-05  agency: collected 100.00 EUR from ACME as T-2
2026-05-06  agency: collected 100.00 EUR from ACME as T-3
# Booked: 3 x 33.33. Owed: a third of 300.00 is 100.00.
  > agency kept 99.99 EUR of ACME
  > agency is owed 0.01 EUR for ACME
2026-05-07  agency: reversed T-3 of ACME
# A third of 200.00 is 66.67.
  > agency kept 66.66 EUR of ACME
  > agency is owed 0.01 EUR for ACME
2026-05-08  gateway: ACME paid 50.00 EUR for INV-7
  > report direct payment of ACME 50.00 EUR
# A third of 250.00 is 83.33.
  > agency is owed 16.67 EUR for ACME
2026-05-11  gateway: payment of 50.00 EUR by ACME reversed
  > agency is owed 0.01 EUR for ACME
2026-06-01  agency: returns ACME because uncollectable
# On its way when the account came back: the tail is thirty days.
2026-06-30  agency: collected 30.00 EUR from ACME as T-4
# A third of 230.00 is 76.67; booked 66.66 + 10.00.
  > agency is owed 0.01 EUR for ACME
2026-07-15  agency: collected 30.00 EUR from ACME as T-5
# Taken as money, and not earned: 76.67 - 86.66.
  > ACME owes 640.00 EUR
  > agency is owed -9.99 EUR for ACME
