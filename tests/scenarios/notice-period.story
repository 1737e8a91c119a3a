# The law of the debtor's country leaves more time after the last letter than the policy does: the later day counts, in the letter
# and for the agency. Denmark asks for 10 days from sending (inkassoloven § 10), Sweden for 8, Germany for none.
policy: short-notice
debtor HAVN: country DK, language da
debtor ELVA: country SE, language sv

2026-03-02  accounting: invoice INV-1 of 1000.00 DKK to HAVN due 2026-03-02
2026-03-02  accounting: invoice INV-2 of 1000.00 SEK to ELVA due 2026-03-02
2026-03-02  accounting: invoice INV-3 of 1000.00 EUR to ACME due 2026-03-02
2026-03-16  day turns
  > send final-demand to HAVN until 2026-03-26
  > send final-demand to ELVA until 2026-03-24
  > send final-demand to ACME until 2026-03-21
2026-03-22  day turns
  > place ACME with agency
  > nothing to HAVN                                   because next is `agency`
2026-03-25  day turns
  > place ELVA with agency
2026-03-26  day turns
  > nothing to HAVN
2026-03-27  day turns
  > place HAVN with agency
