"""SOP 3, policy 7: what each role may do in the console. What is not granted here is refused."""

from collections.abc import Iterable, Mapping
from typing import Final

from vocabulary import Permission, Role

_TEAM, _MANAGER, _QA = Role.SERVICE_TEAM, Role.SERVICE_MANAGER, Role.QA
_MANAGEMENT, _ADMIN = Role.MANAGEMENT, Role.ADMIN

GRANTS: Final[Mapping[Permission, frozenset[Role]]] = {
    Permission.CALLS: frozenset({_TEAM}),
    Permission.CASES: frozenset({_TEAM, _MANAGER, _QA}),
    Permission.CONTACT_DATA: frozenset({_TEAM, _MANAGER}),
    Permission.CONCERNS: frozenset({_TEAM, _MANAGER}),
    Permission.REASSIGN: frozenset({_MANAGER}),
    Permission.SIGN: frozenset({_MANAGER}),
    Permission.PAUSE: frozenset({_MANAGER}),
    Permission.OPT_OUTS: frozenset({_MANAGER}),
    Permission.REPLIES: frozenset({_TEAM, _MANAGER}),
    Permission.LOG: frozenset({_QA}),
    Permission.ROOT_CAUSE: frozenset({_QA}),
    Permission.REPORTS: frozenset({_QA, _MANAGEMENT}),
    Permission.RUNS: frozenset({_MANAGER, _MANAGEMENT, _ADMIN}),
    Permission.SENDING: frozenset({_MANAGER, _ADMIN}),
    Permission.PEOPLE: frozenset({_ADMIN}),
    Permission.SETTINGS: frozenset({_ADMIN}),
}

COMPANY_WIDE: Final = frozenset({_QA, _MANAGEMENT, _ADMIN})
"""Roles that are not bound to departments."""


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    held = frozenset(roles)
    return frozenset(permission for permission, granted in GRANTS.items() if held & granted)


def departments_for(permission: Permission, roles: Iterable[Role], departments: frozenset[str]) -> frozenset[str]:
    """Whose cases somebody sees by this permission: their own departments'; "*" for all."""
    by = frozenset(roles) & GRANTS[permission]
    if not by:
        return frozenset()
    return EVERYWHERE if by & COMPANY_WIDE else departments


EVERYWHERE: Final = frozenset({"*"})
