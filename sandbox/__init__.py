"""A local Astria over HTTP, for development, demonstrations and tests.

A process of its own (`python -m sandbox`) with its own settings, database and urls. It imports nothing of the
product nor of the client, not even the client's table of parameters: a mistake in a table that both read
would be found by no test. The product reaches it only by its address.

The modules in the order of a call's way. Beside them lie templates/ (the page for developers) and photos/
(the people on pictures of tunes without photos).

It starts
    __main__            prepares the database, listens, starts what goes on by itself
    options             command line and environment
    settings            Django's
    switches            what can be changed while it runs

A call comes in
    server              whole requests, and connections that break on purpose
    middleware          keys, faults, exceptions as answers
    urls                every address
    visits              what the developer is shown of it
    discretion          what nobody is shown: keys, passwords, queries
    rails/              its body and parameters, read as Rails does
    views/              one module for each resource; thin doors to what follows

It is carried out
    orders/             checks, price and rows, in one transaction
    account             prices and the balance
    models              the rows
    numbering           ids that callers wish for
    photographs         photos, taken or fetched
    gallery/            the packs and tunes that are always there
    templating          {{characteristics}} in texts
    shapes              the JSON of the answer

Time passes
    later/              the clock, the engine, callbacks, what ends, expires or is deleted
    reroutes            where callbacks and fetches go instead

Pictures are fetched
    pictures            from a row to a file, drawn when it is first asked for
    darkroom/           the drawing itself, and looking at photos

It misbehaves
    faults              which there are, and who meets them
    spoiling            those of pictures

Others' tests use it
    process             starts, drives and looks at a sandbox
    pytest_plugin       the same as fixtures
    receiver            a server for callbacks
    routes              every address as JSON
"""

from __future__ import annotations
