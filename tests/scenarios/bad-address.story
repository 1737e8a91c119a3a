# The mail system refuses the address: the same level goes out by letter.
policy: standard

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  ! rejected unreachable
  > send first-notice to ACME by email
  > send first-notice to ACME by letter
2026-03-03  day turns
  > nothing
2026-03-06  day turns
  > send second-notice to ACME by letter
