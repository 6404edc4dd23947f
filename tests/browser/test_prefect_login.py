"""Prefect's own pages: who has the login reads them, and a page from elsewhere starts nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from config.prefect_api import prefect_api
from config.settings import Settings

pytestmark = pytest.mark.slow

Visit = Callable[..., Page]
FROM_ELSEWHERE = """async ([api, deployment, login]) => {
    const run = JSON.stringify({job_variables: {command: "id"}, state: {type: "SCHEDULED"}});
    const event = JSON.stringify([{event: "aftercare.answer.received", resource: {"prefect.resource.id": "x"}}]);
    const ways = [{}, {credentials: "include"}, {mode: "no-cors"}, {headers: {Authorization: "Basic " + btoa(login)}},
                  {headers: {"Content-Type": "application/json"}}, {headers: {"Content-Type": "text/plain"}}];
    const read = [];
    for (const way of ways)
        for (const [path, body] of [[`deployments/${deployment}/create_flow_run`, run], ["events", event]])
            try {
                const answer = await fetch(`${api}/${path}`, {method: "POST", body, ...way});
                if (answer.type !== "opaque") read.push([path, way, answer.status]);
            } catch {}
    for (const protocols of [[], ["prefect"]])
        await new Promise(done => {
            const socket = new WebSocket(`${api.replace("http", "ws")}/events/in`, protocols);
            socket.onopen = () => socket.send(JSON.stringify({type: "auth", token: "guess"}));
            socket.onmessage = said => { if (JSON.parse(said.data).type === "auth_success") read.push("socket"); };
            socket.onclose = done;
        });
    return read;
}"""


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1"])
def test_a_page_from_elsewhere_starts_nothing(on_prefect: Settings, browser: Browser, name: str):
    """Not even one that knows the login: what it may read and send is not decided by that."""
    server = prefect_api(on_prefect)
    context = browser.new_context()
    page = context.new_page()
    page.route(f"http://{name}/**", lambda route: route.fulfill(body="<h1>Hello</h1>", content_type="text/html"))
    page.goto(f"http://{name}/")
    with server.client(timeout_s=30) as api:
        deployment = api.get("/deployments/name/document/document").raise_for_status().json()["id"]
        before = api.post("/flow_runs/count", json={}).json()
        assert page.evaluate(FROM_ELSEWHERE, [server.url, deployment, server.auth_string]) == []
        assert api.post("/flow_runs/count", json={}).json() == before
    context.close()


def test_prefects_pages_open_with_the_login_and_lead_back_to_the_link(on_prefect: Settings, visit: Visit):
    page = visit(f"{on_prefect.prefect_ui}/v2/deployments")
    page.get_by_placeholder("admin:pass").fill("aftercare:guess")
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_text("Invalid credentials").first).to_be_visible()
    page.get_by_placeholder("admin:pass").fill(prefect_api(on_prefect).auth_string)
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_text("schedule-contact").first).to_be_visible()
    assert page.url.startswith(f"{on_prefect.prefect_ui}/v2/deployments")
