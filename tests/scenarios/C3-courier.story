# The payment is picked up: a task for the courier, and the ladder waits for the money until the day and the grace after it.
policy: people

2026-03-01  accounting: invoice INV-1 of 400.00 EUR to ACME due 2026-03-31
2026-03-01  accounting: invoice INV-2 of 400.00 EUR to GATE due 2026-03-31
2026-03-01  accounting: invoice INV-3 of 400.00 EUR to DOOR due 2026-03-31
2026-03-01  accounting: invoice INV-4 of 400.00 EUR to YARD due 2026-03-31
2026-04-07  day turns
  > queue call to ACME
2026-04-07  dialer: call to ACME ended rpc_ptp
2026-04-07  desk: KIM arranges pick-up of 400.00 EUR from ACME on 2026-04-10 at "Harbour 5"
  > task pick-up for courier about ACME until 2026-04-10
  > ACME owes 400.00 EUR                              because running promise until 2026-04-10
2026-04-07  desk: KIM arranges pick-up of 400.00 EUR from GATE on 2026-04-10 at "Gate 2"
2026-04-07  desk: KIM arranges pick-up of 400.00 EUR from DOOR on 2026-04-10 at "Door 9"
2026-04-07  desk: KIM arranges pick-up of 400.00 EUR from YARD on 2026-04-10 at "Yard 1"
2026-04-10  gateway: ACME paid 400.00 EUR for INV-1
  > promise of ACME kept
  > task pick-up of ACME moot                         because the promise that it was for has ended
2026-04-10  desk: COURIER drops pick-up of YARD because the van broke down
  > task pick-up of YARD dropped
  > YARD has no tasks
  > queue call to YARD                                because 10 days past due: call

# Picked up later than agreed: the money has its days from then on. Whose cheque is worth nothing broke the promise.
2026-04-12  desk: COURIER does pick-up of GATE because a cheque
  > task pick-up of GATE done
  > nothing to GATE                                   because running promise until 2026-04-12

# Nobody said that anybody came: the ladder goes on, and the debtor has broken nothing.
2026-04-13  day turns
  > promise of DOOR refused                           because nobody said whether 400.00 EUR was picked up
  > task pick-up of DOOR moot
  > not: DOOR pays in advance
2026-04-14  day turns
  > nothing to GATE                                   because running promise until 2026-04-12
2026-04-15  day turns
  > promise of GATE broken
  > GATE pays in advance
  > not: YARD pays in advance
