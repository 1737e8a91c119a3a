# The payer is asked a week before the appointment and on the day before; cover that has lapsed by then is told at once.
policy: standard
debtor PATIENT: kind consumer

2026-01-05  accounting: customer PATIENT since 2024-01-01
2026-03-02  accounting: appointment A-1 of 40.00 EUR with PATIENT on 2026-03-20 insured by Nordkasse as M-77
  > nothing to PATIENT                                     because nothing is known of the cover yet
2026-03-13  day turns
  > enquire cover of PATIENT for A-1                       because is the cover of Nordkasse in force
2026-03-14  coverage: cover of PATIENT for A-1 is active until 2026-12-31
  > nothing to PATIENT                                     because the cover is in force
2026-03-19  day turns
  > enquire cover of PATIENT for A-1
2026-03-19  coverage: cover of PATIENT for A-1 is lapsed until 2026-03-15
  > cover of PATIENT lapsed                                because lapsed since 2026-03-15
  > alert sales-rep about PATIENT
# The answer again tells nothing new.
2026-03-19  coverage: cover of PATIENT for A-1 is lapsed until 2026-03-15
  > nothing to PATIENT                                     because is not covered

# Active, and still not on the day of the appointment.
2026-04-01  accounting: appointment A-2 of 40.00 EUR with PATIENT on 2026-04-20 insured by Nordkasse as M-77
2026-04-13  day turns
  > enquire cover of PATIENT for A-2
2026-04-14  coverage: cover of PATIENT for A-2 is active until 2026-04-19
  > cover of PATIENT lapsed                                because ends on 2026-04-19
  > alert sales-rep about PATIENT

# A new day is a new question. Six days before, the first enquiry is caught up, once.
2026-04-15  accounting: appointment A-2 of 40.00 EUR with PATIENT on 2026-04-21 insured by Nordkasse as M-77
  > enquire cover of PATIENT for A-2
2026-04-16  day turns
  > nothing to PATIENT
