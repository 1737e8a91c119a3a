# The agency of which most is expected after its share gets the account; the next one when that came to nothing.
# ACME, 1000.00: north 400.00 less a third, 266.67; south 300.00 less a quarter, 225.00; trade 500.00 less a half, 250.00.
policy: agencies
debtor NORD: country AT, kind consumer

2026-01-05  accounting: invoice INV-7 of 1000.00 EUR to ACME due 2026-01-05
2026-01-05  accounting: invoice INV-8 of 90.00 EUR to NORD due 2026-01-05
2026-02-19  day turns
  > place ACME with agency 1000.00 EUR at north for INV-7   because `north` is expected to bring 266.67 EUR
  > place NORD with agency 90.00 EUR at north for INV-8     because `south` takes no debtors in AT
2026-02-26  agency: accepts ACME as N-1
# Paid directly: it is this agency that is told.
2026-03-02  gateway: ACME paid 200.00 EUR for INV-7
  > report direct payment of ACME 200.00 EUR at north
2026-05-04  agency: returns ACME because no answer
  > nothing to ACME
# 800.00 are left: trade brings 400.00 less a half, south 240.00 less a quarter, 180.00.
2026-06-04  day turns
  > place ACME with agency 800.00 EUR at trade              because `north` had it already
2026-06-08  agency: rejects ACME because too old
  > nothing to ACME
# Now it is old: a quarter of it is expected, and two fifths are for south.
2026-07-24  day turns
  > place ACME with agency 800.00 EUR at south              because 25 % of 800.00 EUR, less its share of 2/5
2026-07-27  agency: accepts ACME as S-1
2026-07-30  agency: ACME disputes INV-7 because quality
  > recall ACME from agency at south
# Of NORD nobody else takes anything: the level waits, and says why.
2026-08-03  agency: returns NORD because no answer
  > nothing to NORD                                         because no agency of the policy is left
