# What a step of the ladder needs and nobody told: the step waits or is passed over, and somebody finds it out.
policy: people

debtor NOMAIL: no email, no address
debtor NOPHONE: no phone
debtor NOWHERE: no country
debtor MUTE: no language
debtor FAR: country US, kind consumer, zone Mars/Base
2026-03-01  accounting: invoice INV-1 of 400.00 EUR to NOMAIL due 2026-03-31 issued 2026-03-20
2026-03-01  accounting: invoice INV-2 of 400.00 EUR to NOPHONE due 2026-03-31 issued 2026-03-20
2026-03-01  accounting: invoice INV-3 of 400.00 EUR to NOWHERE due 2026-03-31 issued 2026-03-20
2026-03-01  accounting: invoice INV-4 of 400.00 EUR to MUTE due 2026-03-31 issued 2026-03-20
2026-03-01  accounting: invoice INV-5 of 400.00 USD to FAR due 2026-03-31 issued 2026-03-20
2026-03-23  day turns
  > nothing to NOMAIL                                                 because no way to reach the debtor by email
  > task find-email for collector about NOMAIL until 2026-03-25       because an e-mail address that works is not known
  > nothing to NOWHERE                                                because the debtor's country is not known
  > task find-country for collector about NOWHERE until 2026-03-25
  > task find-language for collector about MUTE until 2026-03-25
  > send receipt-confirmation to MUTE by email
  > nothing to FAR                                                    because it is not known what time it is
  > task find-zone for collector about FAR until 2026-03-25

# It ends when the accounting package tells it, and the step that waited goes on.
2026-03-24  accounting: debtor NOMAIL: email new@nomail.example
  > task find-email of NOMAIL moot                                    because an e-mail address that works is known
  > send receipt-confirmation to NOMAIL by email
2026-03-24  accounting: debtor NOWHERE: country DE
  > task find-country of NOWHERE moot
  > send receipt-confirmation to NOWHERE
2026-03-24  accounting: debtor FAR: zone America/Chicago
  > task find-zone of FAR moot
  > send receipt-confirmation to FAR

# Who looked in vain is not sent again, until something new is told and is lost again.
2026-03-25  desk: KIM drops find-language of MUTE because they answer nobody
2026-04-01  day turns
  > send first-notice to MUTE
  > MUTE has no task find-language
2026-04-07  day turns
  > pass call for INV-2                                               because no phone number is known
  > task find-phone for collector about NOPHONE until 2026-04-09
2026-04-08  gateway: NOPHONE paid 400.00 EUR for INV-2
  > task find-phone of NOPHONE moot                                   because nothing is owed
