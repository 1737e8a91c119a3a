# Credit before the deal: the evidence grows with the deal, the report is bought once, and a credit ends.
policy: standard

# 2 000 EUR need no evidence.
2026-01-12  desk: SMALL applies for 2000.00 EUR as APP-1
  > credit of SMALL granted                                because all evidence that a deal of this size needs is there
  > alert sales-rep about SMALL

2026-01-12  desk: ACME applies for 12000.00 EUR as APP-2
  > order credit report on ACME 12000.00 EUR               because waits for credit-report, references, signed-contract
2026-01-14  bureau: reports approve on ACME limit 20000.00 EUR price 89.00 EUR until 2026-07-14
  > nothing to ACME                                        because waits for references, signed-contract
  > ACME cost 89.00 EUR in credit reports
2026-01-15  desk: records references of ACME as "two letters, file 12"
2026-01-16  desk: records signed terms of 30 days with ACME as "contract 2026-7"
  > credit of ACME granted                                 because report `report-1` of bureau advises it

# The report's limit is below the deal.
2026-01-19  desk: WIDE applies for 6000.00 EUR as APP-3
2026-01-19  desk: records signed terms of 14 days with WIDE as "contract 2026-8"
  > order credit report on WIDE
2026-01-20  bureau: reports approve on WIDE limit 4000.00 EUR price 89.00 EUR
  > credit of WIDE refused                                 because proposes 4000.00 EUR at most

# What the report leaves open is a person's to decide.
2026-01-21  desk: OPEN applies for 6000.00 EUR as APP-4
2026-01-21  desk: records signed terms of 14 days with OPEN as "contract 2026-9"
2026-01-22  bureau: reports review on OPEN
  > not: credit of OPEN granted
  > alert sales-rep about OPEN                             because a person decides
2026-01-23  desk: grants APP-4 of OPEN until 2026-06-30 because parent company guarantees
  > credit of OPEN granted
2026-07-01  day turns
  > credit of OPEN expired
# Granted until the report ends, a year at most.
2026-07-15  day turns
  > credit of ACME expired
