"""The page: the same numbers as its twin, nothing from outside, both languages whole."""

import json
import re
import shutil
import string
import subprocess
from html.parser import HTMLParser

import pytest

from tenure._text import LANGUAGES, catalogue, format_value
from tenure.reporting import render

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
VOID = {"meta", "link", "br", "img", "input", "hr", "path", "line", "rect", "circle"}


class Page(HTMLParser):
    """Tags, texts and the `data` elements with what they show."""

    def __init__(self, text):
        super().__init__()
        self.open, self.data, self.tags, self.links, self.ids, self.words = [], [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "data":
            self.data.append([attributes, ""])
        self.links += [attributes[name] for name in ("href", "src", "srcset", "action") if name in attributes]
        self.ids += [attributes["id"]] if "id" in attributes else []

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        if self.open and self.open[-1] == "data":
            self.data[-1][1] += text
        if not {"style", "script"} & set(self.open):
            self.words.append(text)


def at(findings, path):
    for key in path.split("."):
        findings = findings[int(key)] if isinstance(findings, list) else findings[key]
    return findings


@pytest.fixture(scope="module", params=["telco", "dated"])
def found(request):
    made = request.getfixturevalue(request.param)
    return (made if request.param == "telco" else made[0]).findings


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, found):
    return Page(render(json.loads(json.dumps(found)), request.param)), found, request.param


def test_every_number_shown_is_the_one_in_the_json(page):
    parsed, findings, lang = page
    assert len(parsed.data) > 300
    for attributes, shown in parsed.data:
        value = at(findings, attributes["data-path"])
        assert float(attributes["value"]) == value
        candidates = {format_value(value, spec, lang, findings["currency"]) for spec in SPECS}
        assert shown in candidates, (attributes["data-path"], shown, value)


SPECS = ("count", "num", "g", "ratio", "fixed1", "fixed2", "fixed3", "pct", "pct0", "money", "moneyshort", "pvalue")


def test_every_number_says_what_it_is(page):
    parsed, _, _ = page
    silent = sorted({re.sub(r"\.\d+", "", attributes["data-path"]) for attributes, _ in parsed.data if not attributes.get("title")})
    assert silent == []


def test_nothing_from_outside(page):
    parsed, _, _ = page
    assert all(link.startswith(("#", "data:")) for link in parsed.links)
    assert {link[1:] for link in parsed.links if link.startswith("#")} <= set(parsed.ids)
    text = "".join(str(attributes) for _, attributes in parsed.tags)
    assert not re.search(r"https?:|//\w", text)


def test_markup_is_balanced_and_ids_are_unique(page):
    parsed, _, _ = page
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids))


def test_charts_have_names_and_marks_explain_themselves(page):
    parsed, _, _ = page
    charts = [attributes for tag, attributes in parsed.tags if tag == "svg"]
    assert len(charts) > 20
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in charts)


def test_no_claim_of_cause_and_no_raw_keys(page):
    parsed, _, _ = page
    words = " ".join(parsed.words)
    assert not re.search(r"\bbecause\b|\bdue to\b|\bcaused?\b|因为|导致|由于", words, re.IGNORECASE)
    assert not re.search(r"\bnan\b|None|\binf\b|\{|\}|undefined", words.split("appendix")[0].split("profit_rate:")[0])


def test_size(page, found):
    assert len(render(found, page[2]).encode()) < 3_000_000


def test_both_languages_say_the_same_things():
    used = re.compile(r"\{(\w+)(?::([^}]*))?\}")
    for key, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES), key
        fields = {lang: {name for name, spec in used.findall(text) if not (spec or "").startswith("one|")} for lang, text in texts.items()}
        assert fields["zh"] <= fields["en"], key
        assert fields["en"] - fields["zh"] <= {"level", "upper", "read", "unit"} or fields["en"] == fields["zh"], key
        for text in texts.values():
            list(string.Formatter().parse(text))


@pytest.mark.parametrize(
    ("value", "spec", "en", "zh"),
    [
        (1869, "count", "1,869", "1,869"),
        (1669570.2, "money", "$1.67 million", "$167.0 万"),
        (1669570.2, "moneyshort", "$1.67M", "$167.0万"),
        (74.441, "money", "$74.44", "$74.44"),
        (0.0004, "pvalue", "<\u00a00.001", "<\u00a00.001"),
        (-0.165, "g", "−0.165", "−0.165"),
        ("2025-12-31", "date", "31 December 2025", "2025年12月31日"),
        (["a", "b", "c"], "list", "a, b and c", "a、b 和 c"),
        (1, "one|row|rows", "row", "rows"),
        (2, "one|row|rows", "rows", "rows"),
        (float("nan"), "pct", "–", "–"),
        (float("inf"), "num", "∞", "∞"),
        (0.03535, "ratio", "0.035", "0.035"),
        (12.0, "num", "12", "12"),
    ],
)
def test_numbers_in_both_languages(value, spec, en, zh):
    assert format_value(value, spec, "en", "$") == en
    assert format_value(value, spec, "zh", "$") == zh


def test_hostile_texts_stay_texts(telco):
    findings = json.loads(json.dumps(telco.findings))
    findings["source"]["name"] = "<script>alert(1)</script>"
    findings["segments"][0]["rows"][0]["level"] = '"><img src=x onerror=alert(1)>'
    findings["segments"][0]["column"] = "</svg><b>"
    parsed = Page(render(findings, "en"))
    assert parsed.open == []
    assert sum(tag == "script" for tag, _ in parsed.tags) == 1
    assert not any(tag in ("img", "b") for tag, _ in parsed.tags)


@pytest.mark.skipif(CHROMIUM is None, reason="no browser here")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_opens_in_a_browser_without_errors_or_requests(telco, tmp_path, lang):
    page = tmp_path / "report.html"
    telco.save(page, lang=lang)
    log = tmp_path / "net.json"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command = [CHROMIUM, *flags, f"--user-data-dir={tmp_path}/profile", "--enable-logging=stderr", f"--log-net-log={log}", "--virtual-time-budget=2000"]
    run = subprocess.run([*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    assert "CONSOLE" not in run.stderr
    assert re.search(r'<html[^>]* class="js"', run.stdout)  # the script ran
    assert 'id="tip"' in run.stdout
    assert "<th" in run.stdout
    assert re.search(r"<th[^>]*><button", run.stdout)  # tables sort
    asked = re.findall(r'"url":"https?://([^/":]+)', log.read_text())
    assert {host for host in asked if not host.endswith(("google.com", "googleapis.com"))} == set()  # those are the browser's own
    assert "default-src 'none'" in page.read_text(encoding="utf-8")  # and the page may not ask: an attempt would be a console error
