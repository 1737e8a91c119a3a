# The invoice goes out as soon as the hub knows of it, on the first day and once; an old one is not sent anew.
policy: release
complete

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-04-01 issued 2026-03-02
  > send release to ACME by email for INV-7 tone friendly     because next is `first-notice`
2026-03-03  day turns
  > nothing
# What comes to the record a month late was sent by somebody else, or is asked after.
2026-03-20  accounting: invoice INV-8 of 300.00 EUR to LATE due 2026-04-20 issued 2026-02-20
  > pass release for INV-8
