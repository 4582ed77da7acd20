"""The report of a comparison in a real browser: opens offline, fits a phone, runs nothing."""

from __future__ import annotations

import os
import shutil

import pytest

from simqueue.show.compare_publish import publish_comparison
from simqueue.study.compare import compare
from tests.unit.comparisons import studies

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
EVIL = "<script>window.hacked=1</script> $x$ & {{ 7*7 }}"


@pytest.fixture(scope="module")
def browser():
    """A Chromium; without one the tests are skipped, or fail where one is required."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("SIMQUEUE_REQUIRE_BROWSER") == "1":
            pytest.fail("SIMQUEUE_REQUIRE_BROWSER=1, but no Chromium is installed")
        pytest.skip("no Chromium is installed")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of three lay-outs, one of them with a name that would like to be a program."""
    folder = tmp_path_factory.mktemp("out") / "a result"
    found = compare(studies(), ["as it is", "two tills", EVIL], title=EVIL)
    publish_comparison(found, folder, command="simqueue compare study.yaml")
    return folder / "report.html"


@pytest.mark.parametrize("width", [390, 1100])
def test_the_report_opens_offline_and_fits(browser, report, width):
    """Nothing asked for but the file, nothing run, no complaint, no scrolling to the side."""
    page = browser.new_page(viewport={"width": width, "height": 844}, offline=True)
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report.as_uri())
    assert [url.split("/")[-1] for url in asked if not url.startswith("data:")] == ["report.html"]
    assert complaints == []
    assert page.evaluate("typeof window.hacked") == "undefined"
    assert page.evaluate("document.scripts.length") == 0
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window
    pictures = page.evaluate("[...document.images].map(i => i.complete && i.naturalWidth > 0)")
    assert pictures == [True, True]
    answer = page.locator(".answer")
    assert answer.is_visible()
    assert answer.bounding_box()["y"] < 844
    assert EVIL in page.locator("h1").inner_text()
    page.close()
