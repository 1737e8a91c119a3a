# 2/10 net 30: the discounted amount pays the invoice inside its window; afterwards the discount is owed like any other rest.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1000.00 EUR to ACME due 2026-04-01 issued 2026-03-02 discount 2 percent until 2026-03-12
2026-03-02  accounting: invoice INV-8 of 1000.00 EUR to BIRK due 2026-04-01 issued 2026-03-02 discount 2 percent until 2026-03-12
2026-03-12  gateway: ACME paid 980.00 EUR for INV-7
  > post cash application INV-7 980.00 EUR
  > write off INV-7 as discount 20.00 EUR            because paid by 2026-03-12
  > ACME owes nothing
# A day late: what was deducted stays open, with its reason.
2026-03-13  gateway: BIRK paid 980.00 EUR for INV-8
  > post cash application INV-8 980.00 EUR           because discount until 2026-03-12 taken late, on 2026-03-13: 20.00 EUR is owed
  > not: write off INV-8 as discount
  > BIRK owes 20.00 EUR
# The bank takes the money back: the discount rested on it.
2026-03-20  gateway: payment of 980.00 EUR by ACME reversed
  > reverse write-off INV-7 as discount 20.00 EUR
  > ACME owes 1000.00 EUR
2026-04-02  day turns
  > send first-notice to BIRK for INV-8              because 1 day past due
  > BIRK owes 20.00 EUR
