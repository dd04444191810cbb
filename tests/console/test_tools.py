"""Tools in the console: found, filled in, run, tried and proposed, without a script."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import expect

from helmward.core.extend import REGISTRY, load_package
from helmward.faces.console import pages as package

from ..faces.station import Station
from .browser import Pages, axe, console_errors
from .entering import PHONE, Visitor, enter

ROOT = Path(package.__file__).parent.parent
HOSTILE = "\"><img src=x onerror='alert(1)'>"
OURS = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a link on a page of ours."""

SCALE = {"a.namespace": "production", "a.name": "frontend", "a.replicas": "3"}


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


async def test_tools_are_found_by_words_with_what_policy_says(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("admin"))
        _, page = await visitor.get("/tools")
        assert page.index("<h2>Look</h2>") < page.index("<h2>Change</h2>") < page.index("<h2>Destroy</h2>")
        assert re.search(r"List objects</a>.*✓ allow", row_of(page, "resources_list"))
        assert "◔ ask" in row_of(page, "rollout_restart")
        _, page = await visitor.get("/tools?q=node")
        assert "nodes_top" in page
        assert "resources_scale" not in page
        _, page = await visitor.get(f"/tools?q={quote(HOSTILE)}")
        assert "No tool speaks of that" in page
        assert "<img src=x" not in page
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("viewer"))
        assert "rollout_restart" not in (await visitor.get("/tools"))[1]
        status, page = await visitor.get("/tools/rollout_restart?run=dry&a.namespace=production&a.name=frontend")
        assert (status, "Propose" in page) == (403, False)


def row_of(page: str, tool: str) -> str:
    return page.split(f'href="/tools/{tool}"')[1].split("</tr>")[0]


async def test_a_tool_that_looks_is_run_by_its_address(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("viewer"))
        _, page = await visitor.get("/tools/resources_list")
        assert 'name="a.kind"' in page
        assert 'id="result"' in page and "found</h2>" not in page, "nothing runs unasked"
        _, page = await visitor.get("/tools/resources_list?a.kind=Deployment&a.limit=2&run=read", headers=OURS)
        assert "2 found, and more" in text(page)
        assert '<a data-open href="/objects/Deployment/production/frontend">frontend</a>' in page
        following = re.search(r'rel="next" href="([^"]*)"', page)
        assert following is not None
        _, page = await visitor.get(following[1].replace("&amp;", "&").split("#")[0], headers=OURS)
        assert "1 found" in text(page)
        assert "user-service</a>" in page
        _, page = await visitor.get(
            "/tools/describe?a.kind=Deployment&a.namespace=production&a.name=frontend&run=read", headers=OURS
        )
        assert "Deployment production/frontend (apps/v1)" in page
        status, page = await visitor.get("/tools/nothing")
        assert (status, "no tool" in page) == (400, True), page


async def test_a_link_from_elsewhere_opens_the_form_and_runs_nothing(shop: Station) -> None:
    address = "/tools/resources_list?a.kind=Deployment&run=read"
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("viewer"))
        for headers in (
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "none"},
            {"Referer": "https://evil.example/"},
        ):
            _, page = await visitor.get(address, headers=headers)
            assert "Press Run" in page and "found</h2>" not in page and 'value="Deployment"' in page, headers
        assert "found</h2>" in (await visitor.get(address, headers={"Referer": f"{shop.url}/tools"}))[1], (
            "an older browser"
        )
        for spelled in (
            "/tools/resources_list?%72un=read&a.name=",
            "/tools/resources_list?" + "x=1&" * 41 + "run=read&a.name=",
        ):
            elsewhere = {"Sec-Fetch-Site": "cross-site"}
            asked = visitor.session.get(f"{shop.url}{spelled}", headers=elsewhere, allow_redirects=False)
            async with asked as answer:
                assert (answer.status, "run" in answer.headers["Location"]) == (303, False), spelled
    async with Visitor(shop) as visitor:
        form = {"token": shop.token("viewer"), "next": address.replace("run", "%72un")}
        async with visitor.session.post(f"{shop.url}/login", data=form, headers=OURS) as answer:
            assert "Press Run" in await answer.text(), "who signs in was not led there by a page of ours"


async def test_an_address_is_repeated_only_as_far_as_its_page_knows_it(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("viewer"))
        _, page = await visitor.get("/?q=web&evil=repeated&a.b=repeated&from=0")
        assert "repeated" not in page and "q%3Dweb" in page
        _, page = await visitor.get("/nothing?evil=repeated")
        assert "repeated" not in page


_READ = re.compile(r"""query(?:\.get\(|\[)\s*['"]([\w.]+)['"]""")
_HERE = re.compile(r"here\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


@pytest.mark.parametrize("template", sorted((ROOT / "templates").glob("*.html")), ids=lambda path: path.stem)
def test_a_page_asks_for_what_its_template_reads(template: Path) -> None:
    load_package(package)
    found = [one for one in REGISTRY.build("page") if one.name == template.stem]
    text = template.read_text()
    parts = re.findall(r"""(?:include|import|from) ["'](parts/(?!ui|people)[\w/]+\.html)["']""", text)
    text += "".join((ROOT / "templates" / part).read_text() for part in parts)
    names = set(_READ.findall(text)) | {
        name for here in _HERE.findall(text) for name in re.findall(r"'?(\w+)'?\s*[:=](?!=)", here)
    }
    for one in found:
        assert one.query(dict.fromkeys(names, "x")).keys() >= names - {"sheet"}, (one.name, names)


async def test_a_wrong_value_is_told_at_its_field_and_stays_there(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("admin"))
        _, page = await visitor.get("/tools/resources_list?a.kind=Pod&a.limit=many&run=read", headers=OURS)
        field = page.split('name="a.limit"')[1].split("</div>")[0]
        assert 'aria-invalid="true"' in field and 'value="many"' in field and "valid integer" in field
        _, page, address = await visitor.post("/tools/resources_scale/dry", SCALE | {"a.replicas": "-1"}, headers=OURS)
        assert address.startswith("/tools/resources_scale?")
        assert "greater than or equal to 0" in page.split('name="a.replicas"')[1].split("</div>")[0]
        given = {"a.kind": "Deployment", "a.name": "frontend", "a.namespace": "production", "a.patch": HOSTILE}
        _, page, _ = await visitor.post("/tools/resources_patch/propose", given, headers=OURS)
        assert "this is not JSON" in page.split('name="a.patch"')[1].split("</div>")[0]
        assert "<img src=x" not in page
        _, page = await visitor.get(
            f"/tools/resources_list?run=read&a.kind={quote(HOSTILE)}&cursor={quote(HOSTILE)}", headers=OURS
        )
        assert "<img src=x" not in page
        assert "wrong" in page.split('name="a.kind"')[1].split("</div>")[0]


async def test_a_change_is_tried_and_then_proposed(shop: Station) -> None:
    async with Visitor(shop) as visitor:
        await visitor.enter(shop.token("requester"))
        _, page, address = await visitor.post("/tools/resources_scale/dry", SCALE, headers=OURS)
        assert "run=dry" in address
        said = text(page)
        for part in ("scale Deployment production/frontend from 2 to 3", "/spec/replicas 2 3", "scales it to 2 again"):
            assert part in said
        _, page = await visitor.get("/approvals")
        assert "from 2 to 3" not in page, "a dry run keeps nothing"
        _, page, address = await visitor.post("/tools/resources_scale/propose", SCALE | {"reason": "more shoppers"})
        assert address.startswith("/approvals?sheet=plan-")
        assert "it waits for an approval" in page
        assert "more shoppers" in page
        await visitor.enter(shop.token("viewer"))
        _, page, address = await visitor.post("/tools/resources_scale/propose", SCALE | {"back": "/tools"})
        assert (address, 'class="said wrong"' in page) == ("/tools", True)


async def test_a_tool_is_fit_for_a_phone_in_the_dark(pages: Pages, shop: Station) -> None:
    address = "/tools/resources_patch?run=read&a.patch=x"
    page = await enter(await pages(color_scheme="dark", viewport=PHONE), shop, address)
    assert await axe(page) == []
    for address in (
        "/tools",
        "/tools/resources_list?a.kind=Pod&run=read",
        "/tools/resources_list?a.kind=Pod&a.full=true&run=read",
    ):
        await page.goto(shop.url + address)
        if "run=" in address:
            await page.get_by_role("button", name="Run", exact=True).click()
            await expect(page.locator("#result h2")).to_be_visible()
            before = page.url
            await page.get_by_role("button", name="Run", exact=True).click()
            await expect(page).not_to_have_url(before)
            await expect(page.locator("#result h2")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
    assert await console_errors(page) == []
