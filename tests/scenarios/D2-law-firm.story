# A letter in a law firm's name goes out under a mandate on record, and never without one: the level waits, and what comes after it.
policy: law-firm

2026-03-02  accounting: invoice INV-7 of 5000.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 5000.00 EUR to NORD due 2026-03-01
2026-03-31  day turns
  > nothing to ACME                                   because no law firm has a mandate
2026-04-20  day turns
  > nothing to ACME                                   because no mandate
  > nothing to NORD                                   because no mandate
2026-04-20  desk: gives mandate to BRANDT for ACME
  > send law-firm to ACME by registered-letter until 2026-04-30
2026-05-01  day turns
2026-05-04  day turns
  > not: send law-firm to NORD
# The mandate ends before the letter is out: it is not sent.
2026-05-05  desk: gives mandate to BRANDT for NORD
  ! delayed
2026-05-05  desk: ends mandate for NORD
  > not: send law-firm to NORD
2026-05-06  day turns
  > not: send law-firm to NORD
