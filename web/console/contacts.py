"""How customers can be reached, and who may see it: the one place where that is answered."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, select

from models.tables import replies
from policy.contact_words import without_contacts
from policy.permissions import EVERYWHERE
from vocabulary import Permission
from web.console.doors import Visit
from web.console.scope import belongs_to, is_theirs


def sees_contacts(visit: Visit, case_id: int | None) -> bool:
    """Whether this person may see how the customer of a case can be reached; None: somebody of whom we know no case.

    The departments count for which they have that permission, not those whose cases they see by another one.
    """
    if not visit.may(Permission.CONTACT_DATA):
        return False
    if case_id is None:
        return True
    seen = visit.departments(Permission.CONTACT_DATA)
    if seen >= EVERYWHERE or is_theirs(visit, belongs_to(visit.db, "case", case_id), seen):
        return True
    return _answers_a_reply(visit, case_id, seen)


def contacts_in(visit: Visit) -> frozenset[str] | None:
    """The departments in whose cases this person finds contact data; None: of whatever cases they see at all.

    What is found says what is there, and so it is the same question as `sees_contacts`, asked of many at once.
    """
    contacts, seen = (visit.departments(one) for one in (Permission.CONTACT_DATA, Permission.CASES))
    return None if contacts and contacts >= seen else contacts


def reach(visit: Visit, row: Row[Any], case_id: int) -> dict[str, Any] | None:
    """E-mail, phone, zone and language of a row that has those of its service; None for who may not see them."""
    if not sees_contacts(visit, case_id):
        return None
    return {"email": row.email, "phone": row.phone, "zone": row.recipient_timezone, "language": row.language}


def words_for(visit: Visit, case_id: int | None) -> Callable[[str], str]:
    """How what people wrote about a case is shown: as it is, or without the contact data in it."""
    return str if sees_contacts(visit, case_id) else without_contacts


def _answers_a_reply(visit: Visit, case_id: int, seen: frozenset[str]) -> bool:
    """Whether a reply of the customer was handed over to these departments: they write back, or call."""
    handed = select(replies.c.id).where(replies.c.case_id == case_id, replies.c.handled_by.in_(sorted(seen)))
    return visit.db.execute(handed.limit(1)).first() is not None
