# Terms that were agreed stand on record with their proof, and no proposal is applied to them.
policy: standard

2026-02-02  desk: ACME applies for 3000.00 EUR as APP-1
  > terms of 14 days proposed to ACME                      because a new customer
2026-02-03  desk: records signed terms of 30 days with ACME as "contract 2026-11"
  > not: terms of 14 days proposed to ACME
  > nothing to ACME                                        because 30 days were agreed on 2026-02-03 (contract 2026-11)
2026-02-04  day turns
  > nothing to ACME                                        because 14 days are not applied to it
