# Short terms are proposed to a new customer, shorter ones after a refusal, the usual ones later.
policy: standard

2026-01-02  accounting: customer ACME since 2025-12-01
  > terms of 14 days proposed to ACME                      because a new customer, since 2025-12-01
# 180 days after 2025-12-01 is 2026-05-30: the last day as a new customer.
2026-05-30  day turns
  > not: terms of 30 days proposed to ACME
2026-05-31  day turns
  > terms of 30 days proposed to ACME                      because a known customer
2026-06-02  desk: ACME applies for 9000.00 EUR as APP-1
2026-06-02  desk: records financial-statements of ACME as "annual accounts 2025"
  > order credit report on ACME
2026-06-03  bureau: reports decline on ACME
  > nothing to ACME                                        because waits for signed-contract
2026-06-04  desk: refuses APP-1 of ACME because the report advises against it
  > terms of 7 days proposed to ACME                       because was refused
