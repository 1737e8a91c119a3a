# Several channels: an address that does not work gives way to the post, the phone follows, and each medium can be refused.
policy: standard
debtor BETA: no email
debtor GAMMA: no phone

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
2026-03-02  accounting: invoice INV-8 of 800.00 EUR to BETA due 2026-03-01
2026-03-02  accounting: invoice INV-9 of 900.00 EUR to GAMMA due 2026-03-01
  > send first-notice to ACME by email
  > send first-notice to BETA by letter
  > send first-notice to GAMMA by email
2026-03-03  messenger: email to ACME bounced
2026-03-06  day turns
  > send second-notice to ACME by letter
  > send second-notice to GAMMA by email
2026-03-08  day turns
  > pass call for INV-9                              because no phone number is known
2026-03-09  day turns
  > queue call to ACME                               because 8 days past due
  > nothing to GAMMA                                 because next is `sales-rep`
2026-03-10  dialer: BETA asks not to be contacted by letter
2026-03-16  day turns
  > send firm-notice to ACME by letter
  > nothing to BETA                                  because no way to reach the debtor by letter or email
