"""What is remembered of visits: little, for a short time, and nothing that names anybody."""

from datetime import UTC, datetime, timedelta

from starlette.datastructures import Headers

from policy.authenticity import Deed, Visit
from web.visits import Visits, signals_of, visitor_of

NOW = datetime(2026, 10, 6, 10, 0, tzinfo=UTC)


def visit(seconds: float = 0, rating: int | None = None) -> Visit:
    return Visit(NOW - timedelta(seconds=seconds), "me", Deed.OPENED, rating)


def test_a_case_has_its_own_visits_oldest_first():
    visits = Visits()
    visits.note(1, visit(9, 1))
    visits.note(2, visit(5, 2))
    visits.note(1, visit(1, 3))
    assert [one.rating for one in visits.of(1, NOW)] == [1, 3]
    assert [one.rating for one in visits.of(2, NOW)] == [2]
    assert visits.of(3, NOW) == []


def test_memory_does_not_grow_without_bound():
    visits = Visits(cases=50, of_case=4)
    for number in range(1000):
        for rating in range(10):
            visits.note(number, visit(rating=rating))
    assert len(visits) == 50
    assert [one.rating for one in visits.of(999, NOW)] == [6, 7, 8, 9]
    assert visits.of(1, NOW) == []


def test_after_an_hour_a_visit_is_forgotten():
    visits = Visits()
    visits.note(1, visit(3601))
    assert visits.of(1, NOW) == []
    visits.note(1, visit(0))
    assert len(visits.of(1, NOW)) == 1


def test_a_case_that_is_visited_again_is_forgotten_last():
    visits = Visits(cases=2)
    for case_id in (1, 2, 1, 3):
        visits.note(case_id, visit())
    assert (len(visits.of(1, NOW)), len(visits.of(2, NOW)), len(visits.of(3, NOW))) == (2, 0, 1)


def test_visitors_differ_by_what_their_programs_say():
    one, other = Headers({"user-agent": "a", "accept-language": "de"}), Headers({"user-agent": "a"})
    assert visitor_of(one) == visitor_of(Headers({"User-Agent": "a", "Accept-Language": "de", "Cookie": "x"}))
    assert visitor_of(one) != visitor_of(other)
    assert len(visitor_of(one)) == 16


def test_signals_are_read_from_any_headers():
    headers = {"user-agent": "é" * 9000, "accept-language": " ", "sec-fetch-mode": "navigate", "sec-fetch-user": "?0"}
    signals = signals_of(Headers(raw=[(name.encode(), value.encode("utf-8")) for name, value in headers.items()]))
    assert (signals.language, signals.fetch, signals.gesture, len(signals.agent)) == (False, True, False, 500)
    assert signals_of(Headers({})).agent == ""
