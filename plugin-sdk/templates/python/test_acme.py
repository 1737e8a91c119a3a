import json
import unittest

import acme

with open("fixtures/page.json", encoding="utf-8") as page:
    ROWS = json.load(page)


class Events(unittest.TestCase):
    def test_an_event_has_the_key_of_its_id_and_the_day_that_it_states(self):
        self.assertEqual(acme.event(ROWS[0]), ("7", (2026, 3, 2), "greeting", "hello"))
        self.assertEqual(acme.event(ROWS[2])[0], "9")

    def test_what_cannot_be_read_says_why(self):
        with self.assertRaisesRegex(ValueError, "`day`"):
            acme.event(ROWS[1])
        with self.assertRaisesRegex(ValueError, "`kind`"):
            acme.event({**ROWS[0], "kind": 3})


if __name__ == "__main__":
    unittest.main()
