"""The report in a real browser: it opens offline, fits a phone, and runs nothing."""

from __future__ import annotations

import os
import shutil

import pytest

from simqueue.scenario.load import loads
from simqueue.show.publish import publish
from simqueue.study import run
from tests.unit.show_shops import TEXTS

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SHOPS = ("people move", "hostile", "theory", "twelve lanes")
WIDTHS = (390, 1100)


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
def reports(tmp_path_factory):
    """Reports as a run writes them, by name of the shop."""
    found = {}
    for name in SHOPS:
        folder = tmp_path_factory.mktemp("out") / "a result"
        study = run(loads(TEXTS[name]), keep=0)
        publish(study, folder, keep="none", command="simqueue run shop.yaml")
        found[name] = folder / "report.html"
    return found


class Opened:
    """A report in a page of its own, with all that it asked for and complained about."""

    def __init__(self, browser, path, width):
        self.requests, self.complaints = [], []
        self.page = browser.new_page(viewport={"width": width, "height": 844}, offline=True)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.goto(path.as_uri())

    def close(self):
        """Leave nothing open."""
        self.page.close()


@pytest.fixture(params=[(name, width) for name in SHOPS for width in WIDTHS], ids=str)
def opened(request, browser, reports):
    """Each report at each width, as (name, page)."""
    name, width = request.param
    shown = Opened(browser, reports[name], width)
    yield name, shown
    shown.close()


def test_the_report_opens_offline_and_fits(opened):
    """No request but the file and its own pictures, no complaint, no scrolling to the side."""
    name, shown = opened
    asked = [url for url in shown.requests if not url.startswith("data:")]
    assert [url.split("/")[-1] for url in asked] == ["report.html"]
    assert shown.complaints == []
    wide, window = shown.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window
    pictures = shown.page.evaluate("[...document.images].map(i => [i.complete, i.naturalWidth])")
    assert len(pictures) == (2 if name == "theory" else 4)
    assert all(complete and width > 0 for complete, width in pictures)


def test_the_answer_is_what_one_sees_first(opened):
    """Heading and answer are visible without scrolling; every tile is visible."""
    name, shown = opened
    assert shown.page.locator("h1").is_visible()
    if name == "theory":
        assert shown.page.get_by_text("95 % interval over runs").first.is_visible()
        return
    answer = shown.page.locator(".answer")
    assert answer.is_visible()
    assert answer.bounding_box()["y"] < 844
    tiles = shown.page.locator(".tile")
    assert tiles.count() >= 7
    assert all(tiles.nth(k).is_visible() for k in range(tiles.count()))


def test_names_run_nothing(opened):
    """A script written as a name is shown, not run."""
    name, shown = opened
    assert shown.page.evaluate("typeof window.hacked") == "undefined"
    if name == "hostile":
        assert "<script>window.hacked=1</script>" in shown.page.locator("h1").inner_text()
        assert shown.page.evaluate("document.scripts.length") == 0


def test_a_script_could_not_run_if_one_got_in(browser, reports, tmp_path):
    """The page's policy stops a script that is put into it on purpose."""
    text = reports["people move"].read_text(encoding="utf-8")
    broken = tmp_path / "report.html"
    broken.write_text(text.replace("</main>", "<script>window.hacked=1</script></main>"))
    shown = Opened(browser, broken, 1100)
    assert shown.page.evaluate("typeof window.hacked") == "undefined"
    assert any("Content Security Policy" in text for text in shown.complaints)
    shown.close()
