"""Where announcements may go: every known way to write an address that leads into our own network is refused."""

import pytest

from config.destination import destination, is_public

FINE = [
    "https://hooks.example.com/services/T0/B0/abc",
    "https://hooks.example.com:443/x",
    "https://receiver.example.co.uk/in?token=a%20b&x=1",
    "https://HOOKS.Example.COM/",
    "https://xn--bcher-kva.example/x",
    "https://a_b.example.com/x",
    "https://93.184.215.14/x",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/x",
]
REFUSED = [
    "", "hooks.example.com", "//hooks.example.com/x", "/x", "https://", "https:///x", "https:hooks.example.com",
    "http://hooks.example.com/x",  # unencrypted
    "ftp://hooks.example.com/x", "file:///etc/passwd", "gopher://hooks.example.com/x", "javascript:alert(1)",
    "https://hooks.example.com:8443/x", "https://hooks.example.com:80/x", "https://hooks.example.com:99999/x",
    "https://user@hooks.example.com/x", "https://user:secret@hooks.example.com/x",
    "https://hooks.example.com@127.0.0.1/x", "https://127.0.0.1@hooks.example.com/x", "https://:@hooks.example.com/",
    "https://hooks.example.com/x#part",
    "https://hooks.example.com\\@127.0.0.1/x", "https:\\\\127.0.0.1\\x",  # a backslash is a slash to some
    "https://hooks.example.com/x y", " https://hooks.example.com/x", "https://hooks.example.com/x\r\nHost: other",
    "https://hooks.example.com/\x00", "https://hooks.example.com/\u2028", "https://\u24d4xample.com/",
    "https://localhost/x", "https://localhost./x", "https://receiver/x", "https://hooks.example.com./x",
    "https://127.0.0.1/x", "https://127.1/x", "https://127.0.1/x",  # short forms
    "https://2130706433/x",  # 127.0.0.1 in decimal
    "https://0x7f000001/x", "https://0x7f.0.0.1/x", "https://0x7f.0x0.0x0.0x1/x",  # in hexadecimal
    "https://0177.0.0.1/x", "https://017700000001/x", "https://127.0.0.01/x",  # in octal
    "https://0/x", "https://0.0.0.0/x",
    "https://10.1.2.3/x", "https://172.16.0.1/x", "https://172.31.255.254/x", "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data/", "https://100.100.100.200/x", "https://100.64.0.1/x",
    "https://168.63.129.16/x", "https://192.0.0.192/x",  # metadata of other clouds
    "https://192.0.2.1/x", "https://198.18.0.1/x", "https://198.51.100.1/x", "https://203.0.113.1/x",
    "https://224.0.0.1/x", "https://240.0.0.1/x", "https://255.255.255.255/x",
    "https://[::1]/x", "https://[::]/x", "https://[::ffff:127.0.0.1]/x", "https://[::ffff:7f00:1]/x",
    "https://[::127.0.0.1]/x", "https://[64:ff9b::7f00:1]/x", "https://[64:ff9b:1::7f00:1]/x",
    "https://[2002:7f00:1::]/x", "https://[2001:0:7f00:1::]/x", "https://[2001:db8::1]/x", "https://[3fff::1]/x",
    "https://[fe80::1]/x", "https://[fe80::1%25eth0]/x", "https://[fc00::1]/x", "https://[fd00:ec2::254]/x",
    "https://[ff02::1]/x", "https://[fec0::1]/x", "https://[100::1]/x", "https://[::1",
]  # fmt: skip


@pytest.mark.parametrize("text", FINE)
def test_an_address_of_the_public_internet_is_taken(text: str):
    assert destination(text, loopback=False).scheme == "https"


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize("loopback", [False, True])
def test_every_other_is_refused(text: str, loopback: bool):
    here = {"https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x"}
    if loopback and text in here:
        assert destination(text, loopback=True)
        return
    with pytest.raises(ValueError, match="must|its host|leads|is no address"):
        destination(text, loopback=loopback)


@pytest.mark.parametrize("text", ["http://127.0.0.1:8027/webhook", "http://localhost:8027/x", "https://[::1]:8027/x"])
def test_this_machine_only_when_it_is_allowed_for_trying_out(text: str):
    assert destination(text, loopback=True)
    with pytest.raises(ValueError, match="AFTERCARE_OUTBOUND_LOOPBACK=true"):
        destination(text, loopback=False)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("1.1.1.1", True), ("2606:4700::1111", True), ("2a00:1450:4001::1", True),
        ("9.255.255.255", True), ("11.0.0.0", True), ("172.15.255.255", True), ("172.32.0.0", True),
        ("100.63.255.255", True), ("100.128.0.0", True), ("223.255.255.255", True), ("2001:200::1", True),
        ("10.0.0.0", False), ("10.255.255.255", False), ("100.64.0.0", False), ("100.127.255.255", False),
        ("127.255.255.255", False), ("169.254.169.254", False), ("172.16.0.0", False), ("172.31.255.255", False),
        ("0.0.0.0", False), ("224.0.0.0", False), ("255.255.255.255", False), ("192.88.99.1", False),
        ("::ffff:1.1.1.1", False), ("64:ff9b::101:101", False), ("2002:101:101::1", False), ("2001::1", False),
        ("fe80::1%eth0", False), ("fd12::1", False), ("::", False), ("", False), ("0x7f000001", False),
    ],
)  # fmt: skip
def test_which_ip_addresses_are_public(address: str, public: bool):
    assert is_public(address) is public
