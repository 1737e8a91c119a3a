"""What Acme tells, read a page at a time behind a cursor."""

import json

import acme
from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.dialer import Event, Fact_Other, Page
from wit_world.imports import http, log
from wit_world.imports.types import (
    Date,
    Error,
    Extension,
    Finding_Absent,
    Note,
    Outcome_Rejected,
    Progress,
    Refusal,
    Rejection,
    Source,
)


def wrong(kind, message, hint=None, retry_after_ms=None):
    return Err(Error(kind, message, hint, retry_after_ms))


def settings(config):
    given = json.loads(config)
    page = given.pop("page", 100)
    for key in given:
        raise wrong("misconfigured", f"unknown key `{key}`", "there is `page`")
    if not isinstance(page, int) or not 1 <= page <= 1000:
        raise wrong("misconfigured", f"`page` is {page}", "allowed is 1 to 1000")
    return page


def read(page, after):
    try:
        answer = http.send("api", http.Request("GET", f"/events?after={after}&limit={page}", [], b""))
    except Err as failed:
        # For reading it does not matter whether it was sent.
        raise Err(failed.value.error) from None
    if answer.status in (401, 403):
        raise wrong("misconfigured", f"the other side answered {answer.status}", "look at the credential of the connection")
    if answer.status == 429 or answer.status >= 500:
        raise wrong("retry-later", f"the other side answered {answer.status}")
    if answer.status != 200:
        raise wrong("refused", f"the other side answered {answer.status}")
    try:
        rows = json.loads(answer.body)
    except ValueError:
        raise wrong("broken", "the answer is no JSON") from None
    if not isinstance(rows, list):
        raise wrong("broken", "the answer is no list")
    return rows


def fact(row):
    key, day, kind, text = acme.event(row)
    source = Source(key, None, None, "acme", f"event {key}", Date(*day))
    # The facts of this role stand in `wit/deps/dunlin/dialer.wit`.
    return Event(source, Fact_Other(Extension(kind, [Note("text", text)])))


class Dialer(exports.Dialer):
    def check(self, config):
        """Is the configuration usable? A wrong credential is noticed here and not at night."""
        read(settings(config), 0)

    def pull(self, config, cursor):
        page = settings(config)
        try:
            after = int(cursor or "0")
        except ValueError:
            raise wrong("broken", f"`{cursor}` is no cursor of ours") from None
        rows = read(page, after)
        events, refusals, last = [], [], after
        for row in rows:
            # Without an id nothing could be read behind it.
            if not isinstance(row, dict) or not isinstance(row.get("id"), int):
                raise wrong("broken", "an event has no `id`")
            last = max(last, row["id"])
            try:
                events.append(fact(row))
            except ValueError as reason:
                log.write("warn", f"event {row['id']}: {reason}")
                refusals.append(Refusal("acme", f"event {row['id']}", str(reason)))
        more = len(rows) >= page and last > after
        return Page(events, Progress(str(last), more, refusals, []))

    def perform(self, config, batch, requests):
        return [Outcome_Rejected(Rejection("not-supported", "this plugin only reads")) for _ in requests]

    def lookup(self, config, keys):
        return [Finding_Absent() for _ in keys]
