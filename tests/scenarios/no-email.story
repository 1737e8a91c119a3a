# Without an e-mail address letters go out; a bounced e-mail does the same.
policy: standard
debtor ACME: no email

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME by letter
2026-03-02  accounting: invoice INV-8 of 400.00 EUR to BIRK due 2026-03-01
  > send first-notice to BIRK by email
2026-03-03  messenger: email to BIRK bounced
2026-03-06  day turns
  > send second-notice to ACME by letter
  > send second-notice to BIRK by letter
