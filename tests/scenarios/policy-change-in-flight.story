# A new version: accounts in flight keep theirs, go on with the new one, or begin anew, as a person says.
policy: flight

2026-03-02  accounting: invoice INV-7 of 1200.00 EUR to ACME due 2026-03-01
  > send first-notice to ACME
  > ACME is under flight 1
2026-03-03  desk: publishes flight 2 keep
  > ACME is under flight 1
2026-03-04  accounting: invoice INV-9 of 300.00 EUR to BETA due 2026-03-03
  > send first-notice to BETA
  > BETA is under flight 2
2026-03-09  day turns
  > send second-notice to ACME                       because 8 days past due
# Levels are matched by their ids: `first-notice` is not sent again, and the new mandatory level comes next.
2026-03-10  desk: publishes flight 2 migrate
  > ACME is under flight 2
  > nothing
2026-03-13  day turns
  > send legal-warning to BETA
  > nothing to ACME                                  because next is `legal-warning`
2026-03-16  day turns
  > send legal-warning to ACME                       because 15 days past due
2026-03-17  desk: publishes flight 1 restart
  > send first-notice to BETA
  > BETA is under flight 1
2026-03-18  day turns
  > send first-notice to ACME
  > ACME is under flight 1
