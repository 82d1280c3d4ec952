"""HTML reports in a real browser. See the README beside this file."""

import json
import subprocess
import sys
import time
from pathlib import Path

from chromium import Broken, Browser

ROOT = Path(__file__).resolve().parents[2]

# Reports that whoever changes touchdown also has as golden files.
INCIDENTS = {
    name: ROOT / "tests/golden/incidents" / name / "report.html"
    for name in ("stale-tag", "restart-loop", "healthy")
}
# In it, one hostile text is in every place that a text can come to.
HOSTILE = ROOT / "tests/golden/report/hostile.html"
CORPUS = ROOT / "tests/corpus/texts.json"

DESKTOP, PHONE, HEIGHT = 1280, 390, 844

# Every kind of element, with every attribute that elements of it have: `details[class]`.
MARKUP = """[...document.querySelectorAll("*")].flatMap(element => [
    element.localName,
    ...element.getAttributeNames().map(name => `${element.localName}[${name}]`),
])"""

# The checks that are shown, and those of a verdict, as they are in the document.
SHOWN = """[...document.querySelectorAll(".check")]
    .filter(check => check.checkVisibility()).map(check => check.querySelector(".body").id)"""
FAILED = '[...document.querySelectorAll(".check.failed")].map(check => check.querySelector(".body").id)'

# How far to the right the page reaches, with everything opened.
REACH = """(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    return document.documentElement.scrollWidth;
})()"""

# Where a link to it leads: whether it is unfolded, and where it is in the window.
ARRIVED = """(() => {
    const target = document.querySelector(":target");
    if (!target) return null;
    const box = target.closest(".check").getBoundingClientRect();
    return { top: box.top, visible: target.checkVisibility() };
})()"""


class Report:
    """A report that is looked at, and what is wrong with it."""

    def __init__(self, browser, name, path):
        self.browser = browser
        self.name = name
        self.url = path.as_uri()
        self.saved = json.loads(path.with_suffix(".json").read_text())
        self.wrong = []
        self.markup = set()

    def expect(self, holds, told):
        if not holds and told not in self.wrong:
            self.wrong.append(told)

    def verify(self):
        with self.browser.page(DESKTOP, HEIGHT) as page:
            page.open(self.url)
            self.is_quiet(page)
            self.is_ours(page)
            self.filters(page)
            self.is_quiet(page)
        with self.browser.page(DESKTOP, HEIGHT) as page:
            self.link(page)
            self.is_quiet(page)
        with self.browser.page(PHONE, HEIGHT) as page:
            page.open(self.url)
            reach = page.value(REACH)
            self.expect(reach <= PHONE, f"at {PHONE} px it reaches to {reach} px")

    def depict(self, folder):
        """Pictures for a person: wide, dark, on paper, and on a phone."""
        with self.browser.page(DESKTOP, HEIGHT) as page:
            page.open(self.url)
            page.screenshot(folder / f"{self.name}-{DESKTOP}.png")
            page.media("screen", dark=True)
            page.screenshot(folder / f"{self.name}-dark.png")
            page.media("print")
            page.pdf(folder / f"{self.name}.pdf")
        with self.browser.page(PHONE, HEIGHT) as page:
            page.open(self.url)
            page.screenshot(folder / f"{self.name}-{PHONE}.png")

    def is_quiet(self, page):
        """The browser had nothing to tell, to fetch or to run."""
        for entry in page.told("Log.entryAdded"):
            entry = entry["entry"]
            self.expect(entry["level"] in ("verbose", "info"), f"the console: {entry['text']}")
        for call in page.told("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.expect(False, f"a script: {call}")
        asked = [event["request"]["url"] for event in page.told("Network.requestWillBeSent")]
        others = [url for url in asked if url != self.url]
        self.expect(not others, f"it asked for {others}")
        self.expect(self.url in asked, "its own request was not seen, so none would have been")
        # What this program evaluates has no address.
        scripts = [event for event in page.told("Debugger.scriptParsed") if event["url"]]
        self.expect(not scripts, f"a script was read: {scripts}")
        dialogs = page.told("Page.javascriptDialogOpening")
        self.expect(not dialogs, f"a dialog opened: {dialogs}")

    def is_ours(self, page):
        """What stands in the report is text, and nothing of it became part of the page."""
        title = page.value("document.title")
        suite = " ".join(self.saved["suite"].split())
        verdict = self.saved["verdict"].upper()
        self.expect(title.startswith(f"{verdict} · "), f"its title is {title!r}")
        self.expect(
            not suite.isprintable() or title == f"{verdict} · {suite} · touchdown",
            f"its title is {title!r}",
        )
        scripts = page.value("document.scripts.length")
        self.expect(scripts == 0, f"it has {scripts} scripts")
        self.markup = set(page.value(MARKUP))
        checks = page.value('document.querySelectorAll(".check").length')
        expected = len(self.saved["checks"])
        self.expect(checks == expected, f"it shows {checks} of {expected} checks")

    def filters(self, page):
        """The list shows what failed, and then everything again."""
        every, failed = page.value(SHOWN), page.value(FAILED)
        expected = sum(check["verdict"] == "failed" for check in self.saved["checks"])
        self.expect(len(failed) == expected, f"{len(failed)} of {expected} checks are marked as failed")
        page.click("label[for=show-failed]")
        shown = page.value(SHOWN)
        self.expect(shown == failed, f"of {failed}, `failed` shows {shown}")
        if not failed:
            nothing = page.value('document.querySelector(".no-failed").checkVisibility()')
            self.expect(nothing, "it doesn't say that no check failed")
        page.click("label[for=show-all]")
        shown = page.value(SHOWN)
        self.expect(shown == every, f"of {every}, `all` shows {shown}")

    def link(self, page):
        """A link to a check, as one is sent to somebody, unfolds it and brings it into the window."""
        # Of a title that is higher than the window, no link can show the whole.
        usual = [check for check in self.saved["checks"] if len(check["headline"]) < 200]
        last = f"check-{usual[-1]['id']}"
        page.open(f"{self.url}#{last}")
        page.drawn()
        arrived = page.value(ARRIVED)
        self.expect(arrived is not None, f"nothing is the target of #{last}")
        if arrived:
            self.expect(arrived["visible"], f"#{last} stays folded")
            inside = 0 <= arrived["top"] < HEIGHT
            self.expect(inside, f"the title of #{last} is out of the window: {arrived}")


def corpus(binary, folder):
    """A page with every text of the corpus, each in all places of a check."""
    template = json.loads(HOSTILE.with_suffix(".json").read_text())
    texts = json.loads(CORPUS.read_text()).values()
    marker = template["suite"]

    def filled(value, text):
        if isinstance(value, str):
            return value.replace(marker, text)
        if isinstance(value, list):
            return [filled(item, text) for item in value]
        if isinstance(value, dict):
            return {filled(key, text): filled(item, text) for key, item in value.items()}
        return value

    checks = template["checks"]
    report = filled(template, "\n".join(texts))
    report["checks"] = [
        {**filled(checks[number % len(checks)], text), "id": f"text-{number}"}
        for number, text in enumerate(texts)
    ]
    # A saved report that contradicts its checks is refused.
    verdicts = [check["verdict"] for check in report["checks"]]
    report["counts"] = {verdict: verdicts.count(verdict) for verdict in report["counts"]}
    saved = folder / "corpus.json"
    saved.write_text(json.dumps(report))
    page = saved.with_suffix(".html")
    subprocess.run([binary, "render", saved, "--html", page, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    return page


def main():
    began = time.monotonic()
    binary = Path(sys.argv[1]).resolve(strict=True)
    folder = Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    pages = {**INCIDENTS, "hostile": HOSTILE, "corpus": corpus(binary, folder)}
    with Browser() as browser:
        reports = [Report(browser, name, path) for name, path in pages.items()]
        for report in reports:
            report.verify()
            if report.name in INCIDENTS:
                report.depict(folder)
    ours = set().union(*(report.markup for report in reports if report.name in INCIDENTS))
    for report in reports:
        foreign = sorted(report.markup - ours)
        report.expect(not foreign, f"it has elements or attributes of its own: {foreign}")
        print(f"{'FAILED' if report.wrong else 'ok':6}  {report.name}")
        for told in report.wrong:
            print(f"        {told}")
    failed = sum(bool(report.wrong) for report in reports)
    print(f"{len(reports) - failed} passed, {failed} failed in {time.monotonic() - began:.1f} s")
    print(f"pictures: {folder}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Broken as broken:
        sys.exit(f"FAILED: {broken}")
