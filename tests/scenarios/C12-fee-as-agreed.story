# Sweden: a reminder costs 60.00 SEK only where that was agreed when the debt arose, and it was once, not for each reminder.
policy: charges
debtor ANNA: country SE, language sv, kind consumer
debtor BRITT: country SE, language sv, kind consumer

2026-01-12  desk: records signed terms of 30 days with ANNA as "contract 12" agreeing a fee
2026-03-02  accounting: invoice INV-7 of 5000.00 SEK to ANNA due 2026-03-01
# Agreed after the invoice: too late for it.
2026-03-02  accounting: invoice INV-8 of 5000.00 SEK to BRITT due 2026-03-01
2026-03-03  desk: records signed terms of 30 days with BRITT as "contract 13" agreeing a fee
# 11 days at 2 % and 8 points: 5000 * 10 * 11 / 36500 = 15.0685 -> 15.07.
2026-03-12  day turns
  > charge interest 15.07 SEK for INV-7
  > charge fee 60.00 SEK for INV-7                      because if it was agreed when the debt arose
  > charge interest 15.07 SEK for INV-8
  > not: charge fee 60.00 SEK for INV-8
  > ANNA owes 75.07 SEK in charges
2026-03-19  day turns
  > send firm-notice to ANNA
  > not: charge fee 60.00 SEK for INV-7
