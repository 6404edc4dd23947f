"""Each role has exactly what the procedure gives it (SOP 3, policy 7)."""

import pytest

from policy.permissions import GRANTS, departments_for, permissions_of
from vocabulary import Permission, Role

EXACTLY = {
    Role.SERVICE_TEAM: {"calls", "cases", "contact_data", "concerns", "replies"},
    Role.SERVICE_MANAGER: {
        "cases", "contact_data", "concerns", "reassign", "sign", "pause", "opt_outs", "replies", "runs", "sending",
    },
    Role.QA: {"cases", "log", "root_cause", "reports"},
    Role.MANAGEMENT: {"reports", "runs"},
    Role.ADMIN: {"runs", "sending", "people", "settings"},
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_a_role_has_exactly_its_permissions(role: Role):
    assert permissions_of([role]) == EXACTLY[role]


def test_every_permission_is_granted_to_somebody():
    assert GRANTS.keys() == set(Permission)
    assert all(GRANTS.values())


def test_who_has_no_role_may_nothing():
    assert permissions_of([]) == frozenset()


def test_two_roles_have_what_each_of_them_has():
    assert permissions_of([Role.QA, Role.ADMIN]) == EXACTLY[Role.QA] | EXACTLY[Role.ADMIN]


@pytest.mark.parametrize(
    ("roles", "permission", "seen"),
    [
        ([Role.SERVICE_TEAM], Permission.CASES, {"Heating"}),
        ([Role.SERVICE_MANAGER], Permission.CONCERNS, {"Heating"}),
        ([Role.QA], Permission.CASES, {"*"}),
        ([Role.QA], Permission.CONCERNS, set()),  # not granted, so nothing is seen by it
        ([Role.SERVICE_TEAM, Role.QA], Permission.CASES, {"*"}),  # as QA
        ([Role.SERVICE_TEAM, Role.QA], Permission.CONCERNS, {"Heating"}),  # by the service team alone
    ],
)
def test_departments_bind_the_service_team_and_its_supervisor_only(
    roles: list[Role], permission: Permission, seen: set[str]
):
    assert departments_for(permission, roles, frozenset({"Heating"})) == seen
