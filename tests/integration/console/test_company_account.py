"""Signing in by the company's identity provider, played by a server on loopback that signs what it says."""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from starlette.testclient import TestClient
from werkzeug import Request, Response

from config.settings import SettingsError
from models.tables import people
from tests.console import let_in
from tests.web_site import BROWSER, Site, make_site
from vocabulary import Role

START, BACK = "/console/sign-in/company", "/console/sign-in/back"
KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "other"))


@dataclass
class Provider:
    """An identity provider. `says`: what its ID tokens claim, over what they should."""

    address: str
    says: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    asked: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"

    def token(self, request: Request) -> Response:
        self.asked["token"] = request.form.to_dict()
        now = int(self.asked.get("now", time.time()))
        claims = {
            "iss": self.address,
            "aud": "aftercare",
            "sub": "u-1",
            "exp": now + 300,
            "iat": now,
            "nonce": self.asked["nonce"],
            "email": "robin@staff.example.com",
            "email_verified": True,
            **self.says,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, self.key)
        return Response(f'{{"access_token": "x", "token_type": "Bearer", "id_token": "{token}"}}',
                        mimetype="application/json")  # fmt: skip


@pytest.fixture
def provider(httpserver: HTTPServer) -> Provider:
    address = httpserver.url_for("").rstrip("/").replace("localhost", "127.0.0.1")
    played = Provider(address)
    httpserver.expect_request("/.well-known/openid-configuration").respond_with_json({
        "issuer": address, "authorization_endpoint": f"{address}/authorize", "token_endpoint": f"{address}/token",
        "jwks_uri": f"{address}/keys",
    })  # fmt: skip
    httpserver.expect_request("/keys").respond_with_json(KeySet([KEY]).as_dict(private=False))
    httpserver.expect_request("/token", method="POST").respond_with_handler(played.token)
    return played


@pytest.fixture
def site(place, provider: Provider) -> Site:
    return make_site(place, oidc_issuer=provider.address, oidc_client_id="aftercare",
                     oidc_client_secret=SecretStr("a client secret"))  # fmt: skip


def go(site: Site, provider: Provider, client: TestClient | None = None, **changes: str) -> Any:
    """To the provider and back, as a browser does it. `changes`: what comes back otherwise."""
    client = client or TestClient(site.app, headers=BROWSER)
    sent = client.get(f"{START}?next=/console/cases", follow_redirects=False)
    assert sent.status_code == 303, sent.text
    asked = {name: value[0] for name, value in parse_qs(urlsplit(sent.headers["location"]).query).items()}
    provider.asked |= {"nonce": asked["nonce"], "query": asked, "now": site.clock().timestamp()}
    return client.get(BACK, params={"code": "c", "state": asked["state"], **changes}, follow_redirects=False)


def test_somebody_who_is_let_in_is_known_by_the_companys_account(site: Site, provider: Provider):
    let_in(site, Role.QA, email="robin@staff.example.com")
    client = TestClient(site.app, headers=BROWSER)
    answer = go(site, provider, client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/cases?done=welcome")
    assert client.get("/console/cases").status_code == 200
    asked, exchanged = provider.asked["query"], provider.asked["token"]
    assert asked["scope"] == "openid email"
    assert asked["code_challenge_method"] == "S256"
    assert exchanged["redirect_uri"] == asked["redirect_uri"] == f"{site.place.settings.web_url}{BACK}"
    assert len(exchanged["code_verifier"]) >= 43


def test_the_second_time_the_number_counts_and_no_longer_the_address(site: Site, provider: Provider):
    let_in(site, Role.QA, email="robin@staff.example.com")
    go(site, provider)
    provider.says = {"email": "renamed@staff.example.com"}
    assert go(site, provider).status_code == 303
    provider.says = {"sub": "u-2"}  # somebody else got the address
    assert go(site, provider).status_code == 403
    with site.store.read() as db:
        assert db.execute(select(people.c.oidc_subject)).scalars().all() == ["u-1"]


@pytest.mark.parametrize(
    "says",
    [{"email": "stranger@example.com"}, {"email_verified": False}, {"email_verified": None}, {"email": None}],
)
def test_who_is_not_let_in_stays_out(site: Site, provider: Provider, says: dict[str, Any]):
    let_in(site, Role.QA, email="robin@staff.example.com")
    provider.says = says
    answer = go(site, provider)
    assert answer.status_code == 403
    assert "aftercare=" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize(
    "says",
    [
        {"iss": "https://evil.example.com"}, {"aud": "another"}, {"exp": 1}, {"exp": None}, {"nonce": "replayed"},
        {"nonce": None}, {"sub": None}, {"aud": None},
    ],
)  # fmt: skip
def test_a_token_that_does_not_hold_opens_nothing(site: Site, provider: Provider, says: dict[str, Any]):
    let_in(site, Role.QA, email="robin@staff.example.com")
    provider.says = says
    assert go(site, provider).status_code == 502


def test_a_token_signed_by_somebody_else_opens_nothing(site: Site, provider: Provider):
    let_in(site, Role.QA, email="robin@staff.example.com")
    provider.key = OTHER_KEY
    assert go(site, provider).status_code == 502


@pytest.mark.parametrize("changes", [{"state": "guessed"}, {"state": ""}, {"state": "ü"}])
def test_what_comes_back_must_fit_what_was_sent(site: Site, provider: Provider, changes: dict[str, str]):
    let_in(site, Role.QA, email="robin@staff.example.com")
    assert go(site, provider, **changes).status_code == 502


def test_what_comes_back_to_another_browser_opens_nothing(site: Site, provider: Provider):
    let_in(site, Role.QA, email="robin@staff.example.com")
    sent = TestClient(site.app, headers=BROWSER).get(START, follow_redirects=False)
    state = parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]
    other = TestClient(site.app, headers=BROWSER)
    assert other.get(BACK, params={"code": "c", "state": state}, follow_redirects=False).status_code == 502


def test_after_ten_minutes_one_begins_again(site: Site, provider: Provider):
    let_in(site, Role.QA, email="robin@staff.example.com")
    client = TestClient(site.app, headers=BROWSER)
    sent = client.get(START, follow_redirects=False)
    state = parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]
    site.clock.tick(minutes=11)
    assert client.get(BACK, params={"code": "c", "state": state}, follow_redirects=False).status_code == 502


def test_a_provider_that_is_away_is_said_and_not_a_fault_of_ours(place, httpserver: HTTPServer):
    site = make_site(place, oidc_issuer="http://127.0.0.1:9", oidc_client_id="a", oidc_client_secret=SecretStr("b"))
    answer = site.client.get(START, follow_redirects=False)
    assert answer.status_code == 502
    assert "cannot be reached" in answer.text


def test_without_a_provider_there_is_no_such_way_in(place):
    site = make_site(place)
    assert "company’s account" not in site.client.get("/console/sign-in").text
    assert site.client.get(START).status_code == 404


def test_half_a_set_up_is_refused_at_the_start(place):
    with pytest.raises(SettingsError, match="AFTERCARE_OIDC_CLIENT_ID"):
        make_site(place, oidc_issuer="https://id.example.com")
