# Between Danish traders: interest at the lending rate 1.75 % and 8 points, 310.00 DKK of compensation, a fee for each reminder
# of up to 100.00 DKK with ten days between two letters. Interest is told anew by each notice, the compensation once.
policy: charges
debtor HAVN: country DK, language da

2026-03-02  accounting: invoice INV-7 of 10000.00 DKK to HAVN due 2026-03-01
2026-03-02  day turns
  > send first-notice to HAVN
  > HAVN owes nothing in charges
# 2 to 12 March are 11 days: 10000 * 9.75 * 11 / 36500 = 29.3836 -> 29.38. The letter is the second one, ten days after the first.
2026-03-12  day turns
  > send second-notice to HAVN
  > charge interest 29.38 DKK for INV-7               because renteloven § 5
  > charge fee 100.00 DKK for INV-7                   because renteloven § 9 b
  > charge compensation 310.00 DKK for INV-7          because renteloven § 9 a
  > HAVN owes 439.38 DKK in charges
# 18 days: 10000 * 9.75 * 18 / 36500 = 48.0822 -> 48.08. It is only 7 days after the letter before: no fee.
2026-03-19  day turns
  > send firm-notice to HAVN
  > charge interest 48.08 DKK for INV-7
  > charge compensation 310.00 DKK for INV-7
  > not: charge fee 100.00 DKK for INV-7
  > HAVN owes 458.08 DKK in charges
  > HAVN owes 10000.00 DKK
# Half of the principal on 24 March: it settles the principal, as the debtor says.
2026-03-24  gateway: HAVN paid 5000.00 DKK for INV-7
  > HAVN owes 5000.00 DKK
  > HAVN owes 458.08 DKK in charges
# The final demand falls on Good Friday eve: 3 March's letters lie far back, so a second fee is due. To 24 March 23 days on 10000,
# to 2 April 9 days on 5000: (10000 * 23 + 5000 * 9) * 9.75 / 36500 = 73.4589 -> 73.46. In all 73.46 + 200.00 + 310.00 = 583.46.
2026-04-02  day turns
  > send final-demand to HAVN
  > charge interest 73.46 DKK for INV-7
  > charge fee 100.00 DKK for INV-7
  > HAVN owes 583.46 DKK in charges
# Half of what is left is credited: less was owed from the beginning. (7500 * 23 + 2500 * 9) * 9.75 / 36500 = 52.0890 -> 52.09.
2026-04-07  accounting: credit memo CM-1 of 2500.00 DKK to HAVN for INV-7
  > charge interest 52.09 DKK for INV-7                because 52.09 DKK instead of 73.46 DKK
  > HAVN owes 562.09 DKK in charges
# 2500.00 settle the principal, 562.09 the charges.
2026-04-08  gateway: HAVN paid 3062.09 DKK for INV-7
  > HAVN owes nothing
  > HAVN owes nothing in charges
  > HAVN has nothing unapplied
