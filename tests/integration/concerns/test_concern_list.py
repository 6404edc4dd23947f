"""The list of concerns: filtered by whose, where and how late they are, a page at a time."""

from datetime import timedelta

import pytest

from models.concern_list import State, Wanted, concern_of, concerns_page, count_concerns
from models.escalations import acknowledge, resolve
from models.notes import comment
from models.tables import cases
from tests import seed
from tests.integration.concerns.conftest import NOW, PETRA, Desk

LATER = NOW + timedelta(hours=30)


@pytest.fixture
def many(desk: Desk) -> Desk:
    """1: acknowledged; 2: not; 3: of another department; 4: resolved; 5: reports gas."""
    for department, comment_ in [("Heating", None)] * 2 + [("Plumbing", None), ("Heating", None)]:
        seed.escalated(desk.place, department=department, comment=comment_)
    seed.escalated(desk.place, comment="There is a smell of gas.")
    desk.do(acknowledge, 1, by="Petra")
    desk.do(resolve, 4, by="Petra", root_cause="parts", action="The valve was replaced.", known_causes=["parts"],
            ask_after=timedelta(hours=48))  # fmt: skip
    return desk


def listed(desk: Desk, at=NOW, **wanted) -> list[int]:  # type: ignore[no-untyped-def]
    with desk.place.store.read() as db:
        rows, _ = concerns_page(db, Wanted(**wanted), at, size=50)
        assert count_concerns(db, Wanted(**wanted), at) == len(rows)
        return [row.id for row in rows]


def test_each_filter_keeps_what_it_says(many: Desk):
    assert listed(many) == [1, 2, 3, 5]
    assert listed(many, owners=["petra.lindqvist@staff.example.com"]) == [1, 2, 5]
    assert listed(many, owners=["nobody@staff.example.com"]) == []
    assert listed(many, department="Plumbing") == [3]
    assert listed(many, departments=["Plumbing", "Billing"]) == [3]
    assert listed(many, departments=[]) == []
    assert listed(many, departments=[], addresses=["tom.okafor@staff.example.com"]) == [3], "the owner, of nowhere"
    assert listed(many, departments=[], addresses=["marek.novak@staff.example.com"]) == [1, 2, 3, 5], "the supervisor"
    assert listed(many, severity="safety") == [5]
    assert listed(many, state=State.RESOLVED) == [4]
    assert listed(many, state=State.CLOSED) == []


def test_late_is_what_nobody_has_in_time_or_what_is_not_resolved_in_time(many: Desk):
    assert listed(many, state=State.LATE) == []
    assert listed(many, LATER, state=State.LATE) == [2, 3, 5]
    assert listed(many, NOW + timedelta(days=5), state=State.LATE) == [1, 2, 3, 5]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_pages_hold_each_concern_once(many: Desk, size: int):
    """All of one deadline: only the number tells them apart."""
    found, after = [], None
    with many.place.store.read() as db:
        while True:
            rows, after = concerns_page(db, Wanted(), NOW, size=size, after=after)
            found += [row.id for row in rows]
            if after is None:
                break
            assert len(rows) == size
    assert found == [1, 2, 3, 5]


def test_one_concern_comes_with_its_customer_and_what_was_said(many: Desk):
    with many.place.store.read() as db:
        found = concern_of(db, 5)
        assert concern_of(db, 99) is None
    assert found is not None
    assert (found.comment, found.customer_name, found.kind) == (
        "There is a smell of gas.", "Anna Bergmann", "job completed",
    )  # fmt: skip


def test_a_sealed_record_takes_no_comment(many: Desk):
    ended = seed.ended(many.place)
    from tasks.records import check_records

    check_records.fn([ended.case_id], many.row(cases, ended.case_id).change_until)
    assert many.row(cases, ended.case_id).sealed_at is not None
    assert "closed and sealed" in many.refused(comment, ended.case_id, "Too late.", by=PETRA)
    assert "there is no case 99" in many.refused(comment, 99, "Nobody's.", by=PETRA)
