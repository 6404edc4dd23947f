"""The outbox folder: whole files, for this user only, and no lies about a full disk."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from channels.claims import Unguarded
from channels.outbox import OutboxDirectory
from channels.protocol import Mail, Outcome

AT = datetime(2026, 3, 2, 10, 30, 15, 123456, tzinfo=timezone(timedelta(hours=1)))


def outbox(folder: Path) -> OutboxDirectory:
    return OutboxDirectory(folder, now=lambda: AT)


def anyone(ref: str) -> bool:
    return True


@contextmanager
def disk_that_ends_after(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes; what is beyond fails as on a full disk, in the middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_each_mail_becomes_one_file_named_by_utc_time_and_ref(a_mail: Callable[..., Mail], tmp_path: Path) -> None:
    mails = [a_mail(ref="m1", to="one@example.com"), a_mail(ref="m2", to="two@example.com")]
    receipts = outbox(tmp_path / "new" / "folder").send(mails, claim=Unguarded(anyone), in_flight=5)
    assert [receipt.outcome for receipt in receipts] == [Outcome.ACCEPTED] * 2
    files = sorted((tmp_path / "new" / "folder").iterdir())
    assert [file.name for file in files] == ["20260302T093015.123456Z-m1.eml", "20260302T093015.123456Z-m2.eml"]
    assert [receipt.provider_id for receipt in receipts] == [file.name for file in files]
    read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    assert [message["To"].addresses[0].addr_spec for message in read] == ["one@example.com", "two@example.com"]
    assert read[0]["List-Unsubscribe"] == "<https://example.org/u/abc234>"
    assert read[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read[0]["Date"].datetime == AT.astimezone(UTC).replace(microsecond=0)


def test_others_on_the_machine_cannot_read_the_mails(a_mail: Callable[..., Mail], tmp_path: Path) -> None:
    outbox(tmp_path).send([a_mail()], claim=Unguarded(anyone), in_flight=1)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_a_mail_that_is_not_allowed_any_more_is_not_written(a_mail: Callable[..., Mail], tmp_path: Path) -> None:
    asked: list[str] = []

    def only_the_second(ref: str) -> bool:
        asked.append(ref)
        return ref == "m2"

    mails = [a_mail(ref="m1"), a_mail(ref="m2"), a_mail(ref="m3")]
    receipts = outbox(tmp_path).send(mails, claim=Unguarded(only_the_second), in_flight=1)
    assert [receipt.outcome for receipt in receipts] == [Outcome.WITHHELD, Outcome.ACCEPTED, Outcome.WITHHELD]
    assert asked == ["m1", "m2", "m3"]
    assert [file.name[-6:] for file in tmp_path.iterdir()] == ["m2.eml"]


def test_a_full_disk_means_later_and_leaves_no_half_mail(a_mail: Callable[..., Mail], tmp_path: Path) -> None:
    mails = [a_mail(ref="big", text="x" * 20_000), a_mail(ref="small")]
    with disk_that_ends_after(4_000):
        with pytest.raises(OSError, match="File too large"):
            (tmp_path / "proof").write_bytes(b"x" * 4_001)
        (tmp_path / "proof").unlink()
        big, small = outbox(tmp_path).send(mails, claim=Unguarded(anyone), in_flight=1)
    assert (big.outcome, big.code) == (Outcome.LATER, "disk")
    assert small.outcome is Outcome.ACCEPTED
    assert [file.name[-9:] for file in tmp_path.iterdir()] == ["small.eml"]


def test_a_folder_that_cannot_be_means_later(a_mail: Callable[..., Mail], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (receipt,) = outbox(tmp_path / "file").send([a_mail()], claim=Unguarded(anyone), in_flight=1)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "disk")
    (receipt,) = outbox(tmp_path / "file" / "below").send([a_mail()], claim=Unguarded(anyone), in_flight=1)
    assert (receipt.outcome, receipt.code) == (Outcome.LATER, "disk")


def test_no_mails_are_no_receipts(tmp_path: Path) -> None:
    assert outbox(tmp_path).send([], claim=Unguarded(anyone), in_flight=1) == []
