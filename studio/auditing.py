"""Proving the ledger: each line follows from the one before, each order and purchase from its lines.

A few statements that the database works through by itself, so that neither the number of lines nor
orders that are placed meanwhile matter: each statement sees one moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from accounts.models import CreditAccount, CreditEntry
from studio.models import Shoot

# An account has credits or owes some, never both: what it has in all says which.
_LINES = """
    SELECT id, account_id, amount, after_it, before_it, balance_after, owed_after, kind FROM (
        SELECT id, account_id, amount, kind, balance_after, owed_after,
            balance_after - owed_after AS after_it,
            LAG(balance_after - owed_after, 1, 0) OVER (PARTITION BY account_id ORDER BY id) AS before_it
        FROM accounts_creditentry
    ) AS lines
    WHERE after_it <> before_it + amount
        OR (balance_after > 0 AND owed_after > 0)
        OR (kind = 'spend' AND (before_it < 0 OR after_it < 0))
    ORDER BY id
"""
_ACCOUNTS = """
    SELECT account.id, account.balance, account.owed, COALESCE(lines.total, 0)
    FROM accounts_creditaccount AS account
    LEFT JOIN (
        SELECT account_id, SUM(amount) AS total FROM accounts_creditentry GROUP BY account_id
    ) AS lines ON lines.account_id = account.id
    WHERE account.balance - account.owed <> COALESCE(lines.total, 0)
        OR (account.balance > 0 AND account.owed > 0)
    ORDER BY account.id
"""
# A line's key is `shoot:<id>` or `shoot:<id>:<what for>`; ids are written with or without hyphens.
_SHOOTS = """
    SELECT shoot.id, shoot.status, shoot.price, shoot.refunded, COALESCE(lines.spends, 0),
        COALESCE(lines.spent, 0), COALESCE(lines.given_back, 0), COALESCE(lines.strangers, 0)
    FROM studio_shoot AS shoot
    LEFT JOIN studio_refundrequest AS asked ON asked.shoot_id = shoot.id
    LEFT JOIN (
        SELECT REPLACE(SUBSTR(entry.key, 7, 36), '-', '') AS shoot_id, entry.account_id,
            SUM(CASE WHEN kind = 'spend' AND LENGTH(key) = 42 THEN 1 ELSE 0 END) AS spends,
            SUM(CASE WHEN kind = 'spend' THEN -amount ELSE 0 END) AS spent,
            SUM(CASE WHEN kind = 'refund' THEN amount ELSE 0 END) AS given_back,
            SUM(CASE WHEN key LIKE '%%:asked' THEN amount ELSE 0 END) AS asked,
            SUM(CASE WHEN kind IN ('spend', 'refund') THEN 0 ELSE 1 END) AS strangers
        FROM accounts_creditentry AS entry
        WHERE entry.key LIKE 'shoot:%%'
        GROUP BY 1, 2
    ) AS lines ON lines.shoot_id = REPLACE(CAST(shoot.id AS VARCHAR(36)), '-', '')
        AND lines.account_id = shoot.account_id
    WHERE COALESCE(lines.spends, 0) <> 1
        OR COALESCE(lines.spent, 0) <> shoot.price
        OR COALESCE(lines.given_back, 0) <> shoot.refunded
        OR COALESCE(lines.strangers, 0) <> 0
        OR (shoot.status IN ('failed', 'cancelled') AND shoot.refunded <> shoot.price)
        OR COALESCE(lines.asked, 0) <> COALESCE(asked.granted, 0)
        OR (shoot.status = 'ready' AND shoot.refunded <> COALESCE(asked.granted, 0))
    ORDER BY shoot.id
"""

# `extension:<id>` and `extension:<id>:refund`.
_EXTENSIONS = """
    SELECT extension.id, extension.status, extension.price,
        COALESCE(lines.spends, 0), COALESCE(lines.spent, 0), COALESCE(lines.given_back, 0)
    FROM studio_extension AS extension
    LEFT JOIN (
        SELECT REPLACE(SUBSTR(entry.key, 11, 36), '-', '') AS extension_id, entry.account_id,
            SUM(CASE WHEN kind = 'spend' THEN 1 ELSE 0 END) AS spends,
            SUM(CASE WHEN kind = 'spend' THEN -amount ELSE 0 END) AS spent,
            SUM(CASE WHEN kind = 'spend' THEN 0 ELSE amount END) AS given_back
        FROM accounts_creditentry AS entry
        WHERE entry.key LIKE 'extension:%%'
        GROUP BY 1, 2
    ) AS lines ON lines.extension_id = REPLACE(CAST(extension.id AS VARCHAR(36)), '-', '')
        AND lines.account_id = extension.account_id
    WHERE COALESCE(lines.spends, 0) <> 1
        OR COALESCE(lines.spent, 0) <> extension.price
        OR COALESCE(lines.given_back, 0)
            <> CASE WHEN extension.status = 'refused' THEN extension.price ELSE 0 END
    ORDER BY extension.id
"""

# `purchase:<id>`, and `purchase:<id>:<revision>` for what went back or came again.
_PURCHASES = """
    SELECT purchase.id, purchase.status, purchase.credits, purchase.reversed,
        COALESCE(lines.bought, 0), COALESCE(lines.total, 0), COALESCE(lines.strangers, 0)
    FROM accounts_purchase AS purchase
    LEFT JOIN (
        SELECT REPLACE(SUBSTR(entry.key, 10, 36), '-', '') AS purchase_id, entry.account_id,
            SUM(CASE WHEN LENGTH(key) = 45 THEN amount ELSE 0 END) AS bought,
            SUM(amount) AS total,
            SUM(CASE WHEN kind IN ('purchase', 'reversal') THEN 0 ELSE 1 END) AS strangers
        FROM accounts_creditentry AS entry
        WHERE entry.key LIKE 'purchase:%%'
        GROUP BY 1, 2
    ) AS lines ON lines.purchase_id = REPLACE(CAST(purchase.id AS VARCHAR(36)), '-', '')
        AND lines.account_id = purchase.account_id
    WHERE COALESCE(lines.bought, 0) <> CASE WHEN purchase.status = 'paid' THEN purchase.credits ELSE 0 END
        OR COALESCE(lines.total, 0)
            <> CASE WHEN purchase.status = 'paid' THEN purchase.credits - purchase.reversed ELSE 0 END
        OR COALESCE(lines.strangers, 0) <> 0
    ORDER BY purchase.id
"""


def figures() -> dict[str, int]:
    """Return how much the ledger holds."""
    accounts = CreditAccount.objects.aggregate(n=Count("pk"), balance=Sum("balance"), owed=Sum("owed"))
    shoots = Shoot.objects.aggregate(n=Count("pk"), price=Sum("price"), refunded=Sum("refunded"))
    return {
        "accounts": accounts["n"],
        "lines": CreditEntry.objects.count(),
        "shoots": shoots["n"],
        "balance": accounts["balance"] or 0,
        "owed": accounts["owed"] or 0,
        "spent_on_shoots": shoots["price"] or 0,
        "refunded": shoots["refunded"] or 0,
    }


def mismatches() -> Iterator[str]:
    """Yield each thing in the ledger that is not as it must be, in words that name it."""
    for line, account, amount, after, before, *_ in _rows(_LINES):
        yield f"line {line} of account {account}: {before:+d} and {amount:+d} do not make {after:+d}"
    for account, balance, owed, total in _rows(_ACCOUNTS):
        yield f"account {account}: balance {balance} and owed {owed}, but its lines add up to {total:+d}"
    for shoot, status, price, refunded, spends, spent, given_back, strangers in _rows(_SHOOTS):
        yield (
            f"shoot {shoot} ({status}): price {price} and refunded {refunded}, but {spends} lines of "
            f"spending with {spent}, refund lines with {given_back}, {strangers} others"
        )
    for extension, status, price, spends, spent, given_back in _rows(_EXTENSIONS):
        yield (
            f"extension {extension} ({status}): price {price}, but {spends} lines of spending with {spent}, "
            f"and {given_back} given back"
        )
    for purchase, status, offered, gone, bought, total, strangers in _rows(_PURCHASES):
        yield (
            f"purchase {purchase} ({status}): {offered} credits, {gone} of them taken back, but its lines "
            f"say {bought} bought and {total} left, {strangers} others"
        )


def _rows(statement: str) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [])
        while rows := cursor.fetchmany(500):
            yield from rows
