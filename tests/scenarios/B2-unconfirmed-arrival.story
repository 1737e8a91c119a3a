# An invoice whose arrival nobody confirmed becomes a task: after some days of silence, and at once when the question came back.
policy: people

2026-03-02  accounting: invoice INV-1 of 500.00 EUR to SILENT due 2026-04-01 issued 2026-03-02
2026-03-02  accounting: invoice INV-2 of 500.00 EUR to READER due 2026-04-01 issued 2026-03-02
2026-03-02  accounting: invoice INV-3 of 500.00 EUR to PAYER due 2026-04-01 issued 2026-03-02
2026-03-02  accounting: invoice INV-4 of 500.00 EUR to MOVED due 2026-04-01 issued 2026-03-02
2026-03-02  accounting: invoice INV-5 of 500.00 EUR to TALKER due 2026-04-01 issued 2026-03-02
2026-03-05  day turns
  > send receipt-confirmation to SILENT by email
  > send receipt-confirmation to READER by email
  > not: task confirm-arrival for collector about SILENT until 2026-03-07
2026-03-06  messenger: email to READER opened
2026-03-06  messenger: email to MOVED bounced
  > task confirm-arrival for collector about MOVED until 2026-03-06   because came back
2026-03-07  gateway: PAYER paid 100.00 EUR for INV-3
2026-03-09  desk: KIM confirms arrival of INV-5
2026-03-10  day turns
  > SILENT has no tasks

# Five days after sending the sixth is the first on which somebody has to ask.
2026-03-11  day turns
  > task confirm-arrival for collector about SILENT until 2026-03-13  because nobody confirmed it
  > READER has no tasks
  > PAYER has no tasks
  > TALKER has no tasks

# It ends when a person has asked, when the message is read after all, and when it does not matter any more.
2026-03-12  messenger: email to SILENT opened
  > task confirm-arrival of SILENT moot                               because it is known
2026-03-12  desk: KIM does confirm-arrival of MOVED because they have it
  > task confirm-arrival of MOVED done
2026-03-20  day turns
  > SILENT has no tasks
  > MOVED has no tasks

# Who drops it is not asked again.
2026-03-20  accounting: invoice INV-6 of 50.00 EUR to LAZY due 2026-04-20 issued 2026-03-20
2026-03-29  day turns
  > task confirm-arrival for collector about LAZY until 2026-03-31
2026-03-30  desk: KIM drops confirm-arrival of LAZY because too small to call for
  > task confirm-arrival of LAZY dropped
2026-04-10  day turns
  > LAZY has no tasks
