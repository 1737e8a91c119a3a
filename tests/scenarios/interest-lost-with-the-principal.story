# The principal is paid and the interest is not: it stays owed. What comes later pays costs before interest, as Danish custom
# has it, and what is given back is owed again.
policy: charges
debtor HAVN: country DK, language da

2026-03-02  accounting: invoice INV-7 of 10000.00 DKK to HAVN due 2026-03-01
2026-03-12  day turns
  > HAVN owes 439.38 DKK in charges
2026-03-16  gateway: HAVN paid 10000.00 DKK for INV-7
  > HAVN owes nothing
  > HAVN owes 439.38 DKK in charges
# 410.00 are the fee and the compensation, 10.00 go to the interest of 29.38.
2026-04-01  gateway: HAVN paid 420.00 DKK for INV-7
  > HAVN owes 19.38 DKK in charges
  > HAVN has nothing unapplied
2026-04-02  gateway: HAVN paid 20.00 DKK for INV-7
  > HAVN owes nothing in charges
  > HAVN has 0.62 DKK unapplied
# With the 420.00 gone the 0.62 pay too: 439.38 - 20.00.
2026-04-03  gateway: payment of 420.00 DKK by HAVN reversed
  > HAVN owes 419.38 DKK in charges
  > HAVN has nothing unapplied
