# Credit of a key account is held, and its debt handed to the agency, when two different people have agreed. The policy is nobody.
policy: segments

2026-03-02  accounting: invoice INV-7 of 60000.00 EUR to BIGCO due 2026-03-01
2026-03-30  day turns
  > nothing to BIGCO                                 because waits for two people to approve it
2026-03-31  desk: ANNA approves hold credit of BIGCO
  > nothing to BIGCO                                 because ANNA approved it; a second person has to
2026-04-01  desk: ANNA approves hold credit of BIGCO
  > nothing to BIGCO                                 because a second person has to
2026-04-02  desk: ORLA approves hold credit of BIGCO
  > hold credit of BIGCO                             because approved by ANNA and ORLA
2026-04-06  day turns
  > nothing to BIGCO                                 because nobody is contacted on a holiday
2026-04-07  day turns
  > send final-demand to BIGCO until 2026-04-17
2026-04-20  day turns
  > nothing to BIGCO                                 because waits for two people to approve it
2026-04-21  desk: ORLA approves place BIGCO with agency
  > nothing to BIGCO                                 because ORLA approved it; a second person has to
2026-04-22  desk: ANNA approves place BIGCO with agency
  > place BIGCO with agency 60000.00 EUR for INV-7
