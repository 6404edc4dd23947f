"""SendGrid's signature on the bytes as they came, whole or in pieces."""

import base64
import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from channels.sendgrid_signature import claim, is_signed, public_key
from tests.signing import SendGridKey
from tests.unit.channels.test_sendgrid_events import BODY, EVENT, NOW

# From the tests of the `sendgrid` package 6.12.5. The line end is part of what is signed.
KEY = public_key(
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8"
    "eNEc6wEA3F+g=="
)
SIGNATURE = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
STAMP = "1600112502"
OTHER = SendGridKey()
ANOTHER = public_key(OTHER.public)


def test_sendgrid_s_own_vector_is_signed():
    assert is_signed([SIGNATURE], [STAMP], BODY, [KEY])
    assert is_signed([SIGNATURE], [STAMP], BODY, [ANOTHER, KEY]), "two keys at once, for rotation"


@pytest.mark.parametrize(
    ("signatures", "stamps", "body", "keys"),
    [
        ([SIGNATURE], [STAMP], BODY.strip(), [KEY]),
        ([SIGNATURE], [STAMP], json.dumps([EVENT]).encode(), [KEY]),
        ([SIGNATURE], [STAMP], BODY, []),
        ([SIGNATURE], [STAMP], BODY, [ANOTHER]),
        ([], [STAMP], BODY, [KEY]),
        ([SIGNATURE], [], BODY, [KEY]),
        ([SIGNATURE, SIGNATURE], [STAMP], BODY, [KEY]),
        ([SIGNATURE], [STAMP, STAMP], BODY, [KEY]),
        ([SIGNATURE], [STAMP[:7]], STAMP[7:].encode() + BODY, [KEY]),  # digits moved into the body: the same bytes
        ([SIGNATURE], [STAMP + BODY[:1].decode()], BODY[1:], [KEY]),
        ([SIGNATURE + "\n"], [STAMP], BODY, [KEY]),
        ([" " + SIGNATURE], [STAMP], BODY, [KEY]),
        ([SIGNATURE[:-1]], [STAMP], BODY, [KEY]),
        (["ä"], [STAMP], BODY, [KEY]),
        ([""], [STAMP], BODY, [KEY]),
        (["A" * 128], [STAMP], BODY, [KEY]),
        (["A" * 129], [STAMP], BODY, [KEY]),
        ([SIGNATURE], ["timestamp"], BODY, [KEY]),
        ([SIGNATURE], ["١٦٠٠١١٢٥٠٢"], BODY, [KEY]),  # digits, but not ours
    ],
)  # fmt: skip
def test_anything_else_is_not(signatures: list[str], stamps: list[str], body: bytes, keys: list[Any]):
    assert not is_signed(signatures, stamps, body, keys)


@given(st.lists(st.text(max_size=140), max_size=3), st.lists(st.text(max_size=12), max_size=3), st.binary())
def test_no_header_and_no_body_makes_it_raise(signatures: list[str], stamps: list[str], body: bytes):
    assert not is_signed(signatures, stamps, body, [KEY])
    assert not is_signed([SIGNATURE], [STAMP], body, [KEY])


@given(st.binary(max_size=96))
def test_bytes_that_are_no_signature_are_none(raw: bytes):
    assert not is_signed([base64.b64encode(raw).decode()], [STAMP], BODY, [KEY])


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (600, True), (-600, True), (601, False), (-601, False)])
def test_a_post_is_fresh_for_as_long_as_the_setting_says(seconds: int, fresh: bool):
    stamp = f"{(NOW + timedelta(seconds=seconds)).timestamp():.0f}"
    claimed = claim([SIGNATURE], [stamp])
    assert claimed is not None
    assert claimed.is_fresh(NOW, timedelta(minutes=10)) is fresh


def der(key: Any) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.mark.parametrize(
    "text",
    ["", "no key", "AAAA", OTHER.public[:-4], der(ec.generate_private_key(ec.SECP384R1())),
     der(ed25519.Ed25519PrivateKey.generate())],
    ids=["empty", "words", "too short", "cut off", "another curve", "another method"],
)  # fmt: skip
def test_a_key_of_another_kind_is_refused_at_the_start(text: str):
    with pytest.raises(ValueError, match=r"^is not a"):
        public_key(text)


@given(st.lists(st.integers(0, len(BODY)), max_size=6))
def test_a_body_may_come_in_any_pieces(cuts: list[int]):
    claimed = claim([SIGNATURE], [STAMP])
    assert claimed is not None
    edges = [0, *sorted(cuts), len(BODY)]
    for start, end in pairwise(edges):
        claimed.read(BODY[start:end])
    assert claimed.holds([KEY])
    assert not claimed.holds([ANOTHER])
    claimed.read(b" ")
    assert not claimed.holds([KEY])
