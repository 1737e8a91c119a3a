# A fee belongs to its letter and is added once: not when the letter's outcome is not known and told later, not when days are
# missed and caught up, and not at all when the letter never went out.
policy: charges
debtor HAVN: country DK, language da
debtor BUGT: country DK, language da, no email

2026-03-02  accounting: invoice INV-7 of 10000.00 DKK to HAVN due 2026-03-01
2026-03-12  day turns
  ! unknown
  > charge fee 100.00 DKK for INV-7
2026-03-13  desk: knows for HAVN that send second-notice to HAVN happened
  > HAVN owes 439.38 DKK in charges
2026-03-17  day turns
  > not: charge fee 100.00 DKK for INV-7
  > HAVN owes 439.38 DKK in charges
# The letter is refused at its door: what it claimed is not owed.
2026-04-07  accounting: invoice INV-8 of 10000.00 DKK to BUGT due 2026-04-07
2026-04-08  day turns
  > send first-notice to BUGT
2026-04-20  day turns
  ! rejected unreachable
  > send second-notice to BUGT
  > charge fee 100.00 DKK for INV-8
  > BUGT owes nothing in charges
