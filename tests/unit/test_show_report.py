"""The report: one page that needs nothing else, escapes everything, and says how sure it is."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from simqueue.show.findings import findings
from simqueue.show.happened import facts
from simqueue.show.report import render_report, tiles
from simqueue.study.provenance import provenance
from tests.unit.show_shops import HOSTILE, TEXTS, simulated

PICTURES = {f"figures/{name}.png": b"\x89PNG" for name in ("lanes", "waits_over_day")}
CSP = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'"
)


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """A tag begins."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        """Text between tags."""
        self.text.append(data)

    def values(self, tag, name):
        """The values of an attribute of all tags of a kind."""
        return [value for t, n, value in self.attributes if (t, n) == (tag, name)]

    def words(self):
        """All text on one line."""
        return " ".join(" ".join(self.text).split())


def rendered(name):
    """The report of one of the shops."""
    study = simulated(name)
    origin = provenance(study, f"simqueue run '{HOSTILE}'", "1", {})
    return render_report(study, PICTURES, origin)


@pytest.mark.parametrize("name", TEXTS)
def test_the_page_loads_nothing_and_runs_nothing(name):
    """No script, no handler, no address outside: pictures are inside, a policy forbids the rest."""
    page = Page(rendered(name))
    assert page.tags.count("html") == 1
    assert not {"script", "iframe", "object", "embed", "link", "form", "base", "svg"} & set(
        page.tags
    )
    assert CSP in page.values("meta", "content")
    for tag, attribute, value in page.attributes:
        assert not attribute.startswith("on"), (tag, attribute)
        assert not re.match(r"\s*(https?:|//|javascript:)", value, re.IGNORECASE), (tag, value)
    assert page.values("img", "src")
    assert all(s.startswith("data:image/png;base64,") for s in page.values("img", "src"))
    assert not re.search(r"url\(|@import", rendered(name))


def test_hostile_names_are_text():
    """Markup, formulas and templates in names arrive as the characters that were written."""
    name = HOSTILE.replace('\\"', '"')
    text = rendered("hostile")
    assert "<script>" not in text
    assert "<b>=cmd" not in text
    words = Page(text).words()
    assert words.count(name) >= 4  # title, about, lane, kind of customer
    assert "{{ 7*7 }}" in words


@pytest.mark.parametrize("name", [n for n in TEXTS if n not in ("theory", "empty")])
def test_every_tile_says_how_sure_it_is(name):
    """A figure has its interval over days, or the words why it has none."""
    study = simulated(name)
    shown = tiles(study, findings(study))
    assert len(shown) >= 7
    for tile in shown:
        assert tile.value
        assert tile.sure
        if not tile.is_remark:
            assert any("over days" in line or "one day" in line for line in tile.sure), tile
    felt = next(tile for tile in shown if tile.label.startswith("wait as it feels"))
    assert any("by psychology" in line for line in felt.sure)


def test_the_answer_comes_first():
    """Title, then the answer in the words of the first screen, then where to look."""
    study = simulated("overloaded")
    words = Page(rendered("overloaded")).words()
    answer = " ".join(findings(study).answer)
    assert words.startswith("Corner shop")
    assert words.index(answer) < words.index("Where to look:") < words.index("wait by the clock")


def test_what_people_and_cashiers_did_is_a_table():
    """Every fact with its number and its interval over days."""
    words = Page(rendered("people move")).words()
    told = facts(simulated("people move"))
    assert len(told) >= 5
    for fact in told:
        said = f"{fact.label} {fact.value} {fact.days.replace('+-', '±')}".strip()
        assert " ".join(said.split()) in words


def test_limits_of_the_forecast_are_told():
    """Where the numbers come from, what is not modelled, that satisfaction is of those served."""
    words = Page(rendered("corner")).words()
    for part in (
        "Feelings are forecast from published studies, not measured in your shop.",
        "Not modelled in this scenario: turning away, giving up and changing lines.",
        "Satisfaction counts only customers who were served",
        "Self-audit: audit ok",
        "that these agree is no evidence",
        "seed 7, 3 replications",
        "net promoter score",
    ):
        assert part in words


def test_a_steady_state_has_its_table_and_no_day():
    """A theory run shows means and intervals; there is no day, no shop's answer, no tile."""
    text = rendered("theory")
    page = Page(text)
    words = page.words()
    assert "utilisation" in words
    assert "95 % interval over runs" in words
    assert 'class="tile"' not in text
    assert 'class="answer"' not in text
    for word in ("What happened", "The day in pictures", "simulated day"):
        assert word not in words


def test_an_empty_shop_still_has_a_page():
    """Nobody came: that is the answer, and nothing else pretends to be one."""
    text = rendered("empty")
    assert "Nobody came to the checkouts" in Page(text).words()
    assert 'class="tile"' not in text


@pytest.mark.parametrize("name", TEXTS)
def test_no_number_is_nan(name):
    """What is not known is a dash."""
    words = re.sub(r"The complete scenario.*", "", Page(rendered(name)).words())
    assert not re.search(r"\bnan\b|\bNone\b", words)


def test_pictures_have_words_for_those_who_cannot_see_them():
    """Every picture has a text that says what it shows."""
    alternatives = Page(rendered("corner")).values("img", "alt")
    assert len(alternatives) == 2
    assert all(len(text) > 40 for text in alternatives)
