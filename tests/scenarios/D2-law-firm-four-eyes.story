# Two people agree before the law firm writes. The letter is written on the day on which they have, and its deadline counts from there.
policy: law-firm-four-eyes
debtor NORD: no email
debtor LIND: no email

2026-03-02  accounting: invoice INV-7 of 5000.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 5000.00 EUR to NORD due 2026-03-01
2026-03-02  accounting: invoice INV-9 of 5000.00 EUR to LIND due 2026-03-01
2026-03-02  desk: gives mandate to BRANDT for ACME
2026-03-02  desk: gives mandate to BRANDT for NORD
2026-03-31  day turns
  > nothing to ACME                                   because `law-firm` waits for two people to approve it
  > nothing to NORD                                   because approval
2026-04-01  desk: ANNA approves level law-firm for ACME
  > nothing to ACME                                   because ANNA approved it; a second person has to
# The same person, typed otherwise, is not a second one.
2026-04-02  desk: Anna approves level law-firm for ACME
  > nothing to ACME                                   because ANNA approved it; a second person has to
2026-04-20  desk: ORLA approves level law-firm for ACME
  ! delayed
2026-04-20  day turns
  > not: place ACME with agency
# It did not go out on its day: it is written anew, and nobody is asked again.
2026-04-21  day turns
  > send law-firm to ACME by registered-letter until 2026-05-01
# Declined: the invoice passes the level over.
2026-04-22  desk: ORLA declines level law-firm for NORD because they are in talks
  > place NORD with agency
  > not: send law-firm to NORD
# Paid while people are asked: nothing is left to agree to.
2026-04-23  gateway: LIND paid 5000.00 EUR for INV-9
  > not: send law-firm to LIND
# The deadline of the letter is over.
2026-05-02  day turns
  > place ACME with agency
