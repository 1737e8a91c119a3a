# No address of any kind: the ladder waits, and says so, until accounting knows better.
policy: standard
debtor ACME: no email, no address, no phone

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > nothing                                         because no way to reach the debtor by email or letter
2026-03-17  accounting: debtor ACME: email billing@acme.example
  > send first-notice to ACME by email              because 16 days past due
