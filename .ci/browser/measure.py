"""How long a browser takes to load an HTML report, and to narrow its list to what failed."""

import sys
from pathlib import Path
from statistics import median

from chromium import Broken, Browser

TIMES = 7
DESKTOP, PHONE, HEIGHT = 1280, 390, 844

LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0].startTime"

# From the click until the page is drawn as it is then.
CLICK = """new Promise(done => {
    const began = performance.now();
    document.querySelector("label[for=show-%s]").click();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
})"""


def main():
    url = Path(sys.argv[1]).resolve(strict=True).as_uri()
    print("| window, px | first text, ms | loaded, ms | `failed`, ms | `all` again, ms |\n|---|---|---|---|---|")
    with Browser() as browser:
        for width in (DESKTOP, PHONE):
            took = []
            for _ in range(TIMES):
                with browser.page(width, HEIGHT) as page:
                    page.open(url)
                    page.drawn()
                    asked = [PAINTED, LOADED, CLICK % "failed", CLICK % "all"]
                    took.append([page.value(expression) for expression in asked])
            told = [f"{median(each):.0f} ({min(each):.0f} to {max(each):.0f})" for each in zip(*took)]
            print(f"| {width} | {' | '.join(told)} |")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Broken as broken:
        sys.exit(f"FAILED: {broken}")
