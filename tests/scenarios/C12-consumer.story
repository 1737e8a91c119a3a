# A consumer owes interest and nothing of what is for traders: base rate 1.27 % and 5 points, no lump sum; what a German reminder
# cost in fact is not known, so no fee either.
policy: charges
debtor ANNA: kind consumer

2026-03-02  accounting: invoice INV-7 of 1000.00 EUR to ANNA due 2026-03-01
# 11 days: 1000 * 6.27 * 11 / 36500 = 1.8896 -> 1.89.
2026-03-12  day turns
  > send second-notice to ANNA
  > charge interest 1.89 EUR for INV-7                because § 288
  > not: charge compensation 40.00 EUR for INV-7
  > ANNA owes 1.89 EUR in charges
