"""Headless Chromium, spoken to over the DevTools protocol, and what it tells of a page."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import websocket

# Nothing of a page may need longer, on a machine that compiles beside it.
PATIENCE = 30

# Beyond this, Chromium has no picture.
TALLEST = 16_000

FLAGS = [
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    # Whatever a page asked for by name, it would not get.
    "--host-resolver-rules=MAP * ~NOTFOUND",
]


class Broken(Exception):
    """The browser could not be asked, or said that something can't be done."""


class Browser:
    """One Chromium process. It ends with the `with` block."""

    def __enter__(self):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if program is None:
            raise Broken("there is no `chromium`; Debian's package of that name has it")
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        flags = [*FLAGS, f"--user-data-dir={self.profile.name}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        self.log = Path(self.profile.name, "stderr")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program, *flags, "about:blank"], stdout=log, stderr=log
            )
        try:
            self.socket = websocket.create_connection(
                self.address(), timeout=PATIENCE, suppress_origin=True
            )
        except BaseException:
            self.end()
            raise
        self.number = 0
        self.events = []
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.end()

    def end(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.profile.cleanup()

    def address(self):
        """Where it listens, which it writes down once it does."""
        told = Path(self.profile.name, "DevToolsActivePort")
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            lines = told.read_text().splitlines() if told.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.05)
        raise Broken(f"Chromium did not start:\n{self.log.read_text(errors='replace')}")

    def ask(self, method, session=None, **parameters):
        """The answer to a command. Events that come before it are kept."""
        number = self.send(method, session, **parameters)
        while True:
            message = self.receive()
            if message.get("id") != number:
                continue
            if "error" in message:
                raise Broken(f"{method}: {message['error']['message']}")
            return message["result"]

    def receive(self):
        try:
            message = json.loads(self.socket.recv())
        except websocket.WebSocketException as error:
            raise Broken(f"Chromium tells nothing any more: {error}") from error
        if "method" in message:
            self.events.append(message)
        if message.get("method") == "Page.javascriptDialogOpening":
            # The page would wait for somebody to answer it.
            self.send("Page.handleJavaScriptDialog", message["sessionId"], accept=False)
        return message

    def send(self, method, session, **parameters):
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if session is not None:
            command["sessionId"] = session
        self.socket.send(json.dumps(command))
        return self.number

    def page(self, width, height):
        """A new page as a window, or a phone below 600 pixels, would show it."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, target, session, width)
        page.resize(height)
        page.media("screen")
        for domain in ("Page", "Runtime", "Log", "Network", "Debugger"):
            page.ask(f"{domain}.enable")
        return page


class Page:
    """A page, and what the browser told of it since it was made."""

    def __init__(self, browser, target, session, width):
        self.browser = browser
        self.target = target
        self.session = session
        self.width = width

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.ask("Target.closeTarget", targetId=self.target)

    def ask(self, method, **parameters):
        return self.browser.ask(method, self.session, **parameters)

    def resize(self, height):
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=self.width,
            height=height,
            deviceScaleFactor=1,
            mobile=self.width < 600,
        )

    def media(self, kind, dark=False):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", media=kind, features=[scheme])

    def told(self, *methods):
        """The events of these names, in order."""
        return [
            event["params"]
            for event in self.browser.events
            if event.get("sessionId") == self.session and event["method"] in methods
        ]

    def open(self, url):
        """Goes there, and returns when everything is loaded."""
        loads = len(self.told("Page.loadEventFired"))
        answer = self.ask("Page.navigate", url=url)
        if "errorText" in answer:
            raise Broken(f"{url}: {answer['errorText']}")
        # To a fragment of the page that is open there is nothing to load.
        while "loaderId" in answer and len(self.told("Page.loadEventFired")) == loads:
            self.browser.receive()

    def drawn(self):
        """Waits until the page is shown as it is now."""
        frame = "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
        self.value(f"{frame}.then(() => null)")

    def value(self, expression):
        """What an expression of JavaScript, or the promise that it is, comes to."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise Broken(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def click(self, selector):
        """Clicks into the middle of an element, as a mouse does."""
        middle = self.value(
            f"""(() => {{
                const element = document.querySelector({json.dumps(selector)});
                if (!element) return null;
                element.scrollIntoView({{ block: "center", behavior: "instant" }});
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )
        if middle is None:
            raise Broken(f"there is no {selector}")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask(
                "Input.dispatchMouseEvent",
                type=kind,
                x=middle[0],
                y=middle[1],
                button="left",
                clickCount=1,
            )

    def screenshot(self, path):
        """The whole page as a PNG, which leaves the window as high as the page."""
        # What was never in the window has no height yet, so it takes more than one step.
        height, seen = 0, None
        while height != seen:
            seen = height
            height = min(self.value("document.documentElement.scrollHeight"), TALLEST)
            self.resize(height)
            self.drawn()
        picture = self.ask("Page.captureScreenshot")["data"]
        path.write_bytes(base64.b64decode(picture))

    def pdf(self, path):
        """What a printer would get, on A4."""
        answer = self.ask(
            "Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=True
        )
        path.write_bytes(base64.b64decode(answer["data"]))
