"""A report may say why its customer may be written to; what was reported before there was the field stays the same."""

import pytest
from pydantic import ValidationError

from tests import seed
from vocabulary import ContactBasis


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("consent", ContactBasis.CONSENT),
        (" Existing Customer ", ContactBasis.EXISTING_CUSTOMER),
        ("contract", ContactBasis.CONTRACT),
        ("", None),
        (" ", None),
        (None, None),
    ],
)
def test_a_basis_is_read(given: str | None, read: ContactBasis | None):
    assert seed.report(contact_basis=given).contact_basis is read


@pytest.mark.parametrize("given", ["yes", "consent, contract", 1, ["consent"], True])
def test_what_is_none_is_refused_in_plain_words(given: object):
    with pytest.raises(ValidationError, match="is not a basis for contact; write consent, existing customer, contract"):
        seed.report(contact_basis=given)


def test_a_report_without_one_is_the_report_that_it_was():
    """Else a file that was imported before would be refused as reported with other content."""
    plain = seed.report(contact_basis=None, external_id="J-1", email="a@example.com", phone="+49 30 123456")
    assert plain.body_sha256() == "079331c41feb948e612f1784b93b6bc51776afd8b3b2d46db99b9203ff2e69fd"
    assert plain.model_copy(update={"contact_basis": ContactBasis.CONSENT}).body_sha256() != plain.body_sha256()
