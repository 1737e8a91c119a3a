# A suit is prepared: each of its days is a task in its time, and stands until a person ends the suit, because a court knows of no payment.
policy: people

2026-03-02  accounting: invoice INV-1 of 500.00 EUR to ACME due 2026-03-31
2026-06-01  desk: KIM prepares suit against ACME at "AG Hamburg" for INV-1 with "file the claim" by 2026-06-05, "pay the court's fee" by 2026-06-30, "answer the defence" by 2026-08-01
  > task suit for collector about ACME until 2026-06-05               because a deadline of the suit at AG Hamburg
  > not: task suit for collector about ACME until 2026-06-30
2026-06-04  desk: KIM does suit of ACME because filed by post
  > task suit of ACME done
2026-06-22  day turns
  > ACME has no task suit
2026-06-23  day turns
  > task suit for collector about ACME until 2026-06-30
2026-06-25  gateway: ACME paid 500.00 EUR for INV-1
  > not: task suit of ACME moot
2026-06-26  desk: KIM ends suit against ACME because paid, and withdrawn
  > task suit of ACME moot                                            because the suit has ended
2026-08-01  day turns
  > ACME has no task suit
