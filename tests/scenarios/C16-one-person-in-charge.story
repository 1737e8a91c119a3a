# One person is in charge: named by the policy for a segment, or given the account by a person. Tasks follow the account.
policy: people

2026-03-02  accounting: invoice INV-1 of 6000.00 EUR to LARGE due 2026-04-01 issued 2026-03-02
2026-03-02  accounting: invoice INV-2 of 300.00 EUR to SMALL due 2026-04-01 issued 2026-03-02
  > LARGE is with ADA
  > not: SMALL is with ADA
2026-03-03  desk: KIM puts BEN in charge of LARGE
2026-03-03  desk: KIM puts BEN in charge of SMALL
  > LARGE is with BEN
  > SMALL is with BEN
2026-03-11  day turns
  > task confirm-arrival for collector about SMALL until 2026-03-13
2026-03-12  desk: KIM puts nobody in charge of LARGE
  > LARGE is with ADA
2026-03-12  desk: KIM gives task to BEN about SMALL by 2026-03-20 for INV-2 saying "ask for the new manager"
  > task other for BEN about SMALL until 2026-03-20
2026-03-13  gateway: SMALL paid 300.00 EUR for INV-2
  > task confirm-arrival of SMALL moot
  > task other of SMALL moot                                          because what it was about is settled
  > SMALL has no tasks
