"""Money that goes back takes its credits along, in whatever order Stripe tells of it."""

from __future__ import annotations

import pytest

from accounts.models import Purchase, User
from studio.auditing import mismatches
from tests.accounts.conftest import Knock
from tests.till import Till

pytestmark = pytest.mark.django_db

DONE = "checkout.session.completed"


@pytest.fixture
def session(till: Till, purchase: Purchase, knock: Knock) -> str:
    """The id of a session that was paid: `user` has 200 credits now."""
    knock(DONE, till.pay(str(purchase.session_id)))
    return str(purchase.session_id)


def state(user: User) -> tuple[int, int]:
    user.account.refresh_from_db()
    return user.account.balance, user.account.owed


def test_a_refund_takes_the_credits_back_however_often_it_is_told(
    till: Till, user: User, session: str, knock: Knock
) -> None:
    charge = till.refund(session, 2900)

    answers = {knock("charge.refunded", charge) for _ in range(10)}

    assert answers == {200}
    assert state(user) == (100, 0)
    assert list(mismatches()) == []


def test_a_part_takes_back_its_share_and_the_rest_the_rest(
    till: Till, user: User, session: str, knock: Knock
) -> None:
    knock("charge.refunded", till.refund(session, 1000))
    assert state(user) == (166, 0)

    knock("charge.refunded", till.refund(session, 2900))

    assert state(user) == (100, 0)
    assert list(mismatches()) == []


def test_an_older_event_that_comes_later_changes_nothing(
    till: Till, user: User, session: str, knock: Knock
) -> None:
    older = dict(till.refund(session, 1000))
    newer = dict(till.refund(session, 2900))

    knock("charge.refunded", newer)
    knock("charge.refunded", older)

    assert state(user) == (100, 0)


def test_a_refund_that_is_told_of_before_the_payment_comes_to_the_same(
    till: Till, user: User, purchase: Purchase, knock: Knock
) -> None:
    done = till.pay(str(purchase.session_id))
    charge = till.refund(str(purchase.session_id), 2900)

    knock("charge.refunded", charge)
    knock(DONE, done)

    assert state(user) == (100, 0)
    assert sorted(user.account.entries.values_list("amount", flat=True)) == [-100, 100, 100]


def test_a_refund_that_fails_gives_the_credits_again(
    till: Till, user: User, session: str, knock: Knock
) -> None:
    knock("charge.refunded", till.refund(session, 2900))
    charge = till.refund(session, 0)

    knock("refund.failed", {"id": "re_1", "object": "refund", "payment_intent": charge["payment_intent"]})

    assert state(user) == (200, 0)
    assert list(mismatches()) == []


def test_what_was_spent_already_is_owed(till: Till, user: User, session: str, knock: Knock) -> None:
    user.account.spend(150, key="shoots")

    knock("charge.dispute.created", till.dispute(session, 2900, "needs_response"))

    assert state(user) == (0, 50)
    assert list(mismatches()) == []


def test_a_dispute_that_is_won_gives_the_credits_again_and_settles_what_is_owed(
    till: Till, user: User, session: str, knock: Knock
) -> None:
    user.account.spend(150, key="shoots")
    created = dict(till.dispute(session, 2900, "needs_response"))
    knock("charge.dispute.created", created)

    knock("charge.dispute.closed", till.dispute(session, 2900, "won"))
    knock("charge.dispute.created", created)

    assert state(user) == (50, 0)
    assert list(mismatches()) == []


def test_a_dispute_that_is_lost_takes_no_more_than_it_took(
    till: Till, user: User, session: str, knock: Knock
) -> None:
    knock("charge.dispute.created", till.dispute(session, 2900, "under_review"))
    knock("charge.dispute.closed", till.dispute(session, 2900, "lost"))

    assert state(user) == (100, 0)


def test_a_warning_takes_nothing(till: Till, user: User, session: str, knock: Knock) -> None:
    knock("charge.dispute.created", till.dispute(session, 2900, "warning_needs_response"))

    assert state(user) == (200, 0)


def test_a_refund_of_what_is_disputed_as_well_takes_the_credits_once(
    till: Till, user: User, session: str, knock: Knock
) -> None:
    knock("charge.dispute.created", till.dispute(session, 2900, "lost"))
    knock("charge.refunded", till.refund(session, 2900))

    assert state(user) == (100, 0)


def test_an_older_answer_of_stripes_never_overwrites_a_newer_one(
    till: Till, user: User, session: str, purchase: Purchase
) -> None:
    """Two workers asked; who asked first writes last."""
    slow = Purchase.objects.get()
    quick = Purchase.objects.get()
    assert quick.take_back(refunded=2900, disputed=0)

    assert not slow.take_back(refunded=1000, disputed=0)

    assert state(user) == (100, 0)
    assert Purchase.objects.get().refunded == 2900
