# The Danish rate is known until 30 June 2026. Past it nothing is guessed: the level that would claim interest waits, and the
# levels before it do not.
policy: charges
debtor HAVN: country DK, language da

2026-06-25  accounting: invoice INV-7 of 10000.00 DKK to HAVN due 2026-06-25
2026-06-26  day turns
  > send first-notice to HAVN
2026-07-06  day turns
  > nothing to HAVN                                   because known_until is 2026-06-30, and nothing is extrapolated
  > nothing to HAVN                                   because claim unknown
  > HAVN owes nothing in charges
