"""Serves localstripe on 127.0.0.1, with what Stripe can do and it cannot: `created[gte]` and expanding across kinds of sources."""

import socket
import sys

from aiohttp import web
from localstripe import resources, server

# Nothing is kept: every start is an empty account, and two stand-ins do not share a file.
resources.Store.dump_to_disk = lambda store: None


def exported(thing, expand=None, export=resources.StripeObject._export):
    """A path that one element does not have is left alone there, as Stripe does for a list of different things."""
    found = export(thing)
    for path in expand or []:
        open_up(found, path.split("."))
    return found


def open_up(found, path):
    if isinstance(found, list):
        for element in found:
            open_up(element, path)
        return
    value = found.get(path[0])
    if isinstance(value, str):
        kind = resources.StripeObject._get_class_for_id(value)
        value = found[path[0]] = kind._api_retrieve(value)._export()
    if value is not None and path[1:]:
        open_up(value, path[1:])


def transactions(url, limit=None, starting_after=None, created=None):
    """The newest first, also within a second."""
    page = resources.List(url, limit=limit, starting_after=starting_after)
    known = [one for key, one in resources.store.items() if key.startswith("balance_transaction:")]
    since = int((created or {}).get("gte", 0))
    page._list = [one for one in reversed(known) if one.created >= since]
    return page


resources.StripeObject._export = exported
resources.BalanceTransaction._api_list_all = transactions

door = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1], "w", encoding="ascii") as told:
    told.write("http://127.0.0.1:%d\n" % door.getsockname()[1])
web.run_app(server.app, sock=door, print=None)
