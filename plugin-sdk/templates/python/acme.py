"""Acme's events to the facts of a dialer, as plain values. Pure: no call, no clock."""

import re


def event(row):
    """Key, day as three numbers, kind and text. ValueError: why this one cannot be taken; the others can."""
    day = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", str(row.get("day")))
    if not day:
        raise ValueError(f"`day` is {row.get('day')!r}; it is written like 2026-03-02")
    if not isinstance(row.get("kind"), str):
        raise ValueError(f"`kind` is {row.get('kind')!r}")
    # The key is Acme's own id: the same event has the same key, however often it is read.
    return str(row["id"]), tuple(int(part) for part in day.groups()), row["kind"], str(row.get("text", ""))
