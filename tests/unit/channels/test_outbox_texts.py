"""SMS in the outbox folder: readable files for this user only, and no lies about a disk that takes none."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from channels.claims import Unguarded
from channels.outbox_texts import OutboxTexts
from channels.protocol import Outcome, TextMessage

AT = datetime(2026, 3, 2, 10, 30, 15, 123456, tzinfo=timezone(timedelta(hours=1)))


def send(folder: Path, *texts: TextMessage, allowed: Callable[[str], bool] = lambda ref: True) -> list[tuple[str, str]]:
    receipts = OutboxTexts(folder, now=lambda: AT).send(texts, claim=Unguarded(allowed), in_flight=5)
    assert [receipt.ref for receipt in receipts] == [text.ref for text in texts]
    return [(receipt.outcome, receipt.code) for receipt in receipts]


def test_each_sms_becomes_one_file_that_people_can_read(a_text: Callable[..., TextMessage], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert send(folder, a_text(ref="m1"), a_text(ref="m2")) == [(Outcome.ACCEPTED, "written")] * 2
    one, two = sorted(folder.iterdir())
    assert (one.name, two.name) == ("20260302T093015.123456Z-m1.txt", "20260302T093015.123456Z-m2.txt")
    assert one.read_text("utf-8") == f"To: +491701234567\nTry for: 3600 s\n\n{a_text().body}\n"
    assert one.stat().st_mode & 0o077 == 0


def test_what_is_not_allowed_any_more_is_not_written(a_text: Callable[..., TextMessage], tmp_path: Path) -> None:
    assert send(tmp_path, a_text(), allowed=lambda ref: False) == [(Outcome.WITHHELD, "withheld")]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("changes", "code"), [({"to": "0170"}, "number"), ({"body": ""}, "content"),
                                               ({"ref": "../x"}, "header")])  # fmt: skip
def test_a_fault_is_a_receipt(
    a_text: Callable[..., TextMessage], tmp_path: Path, changes: dict[str, str], code: str
) -> None:
    assert send(tmp_path, a_text(**changes), a_text())[0] == (Outcome.REJECTED, code)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_means_later(a_text: Callable[..., TextMessage], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert send(tmp_path / "file", a_text()) == [(Outcome.LATER, "disk")]
