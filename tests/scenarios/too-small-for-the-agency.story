# A condition of the policy: small invoices do not go to the agency.
policy: standard

2026-03-02  accounting: invoice INV-7 of 45.00 EUR to ACME due 2026-01-05
2026-04-18  day turns
  > pass agency for INV-7                           because 45.00 EUR is less than 50.00 EUR
  > nothing                                         because the ladder has ended
