"""Chromium without a window, driven through its DevTools protocol over a pair of pipes: no port, no other package.

https://chromedevtools.github.io/devtools-protocol/ has the methods and events; messages are JSON, each ended by a NUL.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROGRAMS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
_PATIENCE = 30.0
"""Seconds after which the browser counts as hung."""

_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",  # the sandbox cannot be set up by root, as which tests in containers run; the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--window-size=1400,900",
)


_MIDDLE = """(selector) => {
  const one = document.querySelector(selector);
  if (!one) return null;
  one.scrollIntoView({ block: "center", inline: "center" });
  const box = one.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


class BrowserError(Exception):
    """The browser has refused, hung or ended; the message is its own."""


def find_browser() -> str | None:
    """The program, where one is installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Chromium:
    """A running browser with a profile of its own in `folder`."""

    def __init__(self, program: str, folder: Path) -> None:
        commands_read, self._write = os.pipe()
        self._read, answers_write = os.pipe()
        self._log = (folder / "browser.log").open("wb")
        # The browser reads commands from 3 and writes answers to 4, and Popen cannot number what it hands on.
        shell = f'exec "$0" "$@" 3<&{commands_read} 4>&{answers_write}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", shell, program, *_FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"],
            pass_fds=(commands_read, answers_write),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        os.close(commands_read)
        os.close(answers_write)
        self._buffer = b""
        self._last = 0
        self.events: list[dict[str, object]] = []

    def open_page(self) -> Page:
        """A new, empty page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, str(session), str(target))
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        return page

    def call(self, method: str, session: str | None = None, **params: object) -> dict[str, object]:
        """The result of a method. Raises BrowserError."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                result: dict[str, object] = answer["result"]  # type: ignore[assignment]  # the protocol's word
                return result
            self.events.append(answer)

    def close(self) -> None:
        """End it, whatever it is doing."""
        try:
            self.call("Browser.close")
            self._process.wait(_PATIENCE)
        except (BrowserError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)
        self._log.close()

    def _next(self) -> dict[str, object]:
        while b"\0" not in self._buffer:
            if not select.select([self._read], [], [], _PATIENCE)[0]:
                raise BrowserError(f"no answer for {_PATIENCE:.0f} seconds")
            data = os.read(self._read, 1 << 20)
            if not data:
                said = Path(self._log.name).read_text(encoding="utf-8", errors="replace")
                raise BrowserError(f"the browser has ended; it said:\n{said[-2000:]}")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, object] = json.loads(message)
        return answer


class Page:
    """One page: what it shows, what a person does with it, and what it did that it should not."""

    def __init__(self, browser: Chromium, session: str, target: str) -> None:
        self._browser = browser
        self._session = session
        self._target = target

    def call(self, method: str, **params: object) -> dict[str, object]:
        return self._browser.call(method, self._session, **params)

    def close(self) -> None:
        self._browser.call("Target.closeTarget", targetId=self._target)

    def visit(self, file: Path, *, fragment: str = "") -> None:
        """Load a file and wait until its scripts have run."""
        self.call("Page.navigate", url=file.as_uri() + fragment)
        self.until(lambda: self.evaluate("document.readyState") == "complete" and bool(self._of("Page.loadEventFired")))

    def evaluate(self, expression: str) -> object:
        """The value of an expression of JavaScript, as far as JSON can tell it. The page's policy does not apply."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails']}")
        result: dict[str, object] = answer["result"]  # type: ignore[assignment]  # the protocol's word
        return result.get("value")

    def texts(self, selector: str) -> list[str]:
        """The texts of the elements that a CSS selector means, in the order of the document."""
        found = self.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})].map((one) => one.textContent)")
        assert isinstance(found, list)
        return found

    def style(self, selector: str, name: str) -> str:
        """A computed style of the first element that a selector means."""
        return str(
            self.evaluate(
                f"getComputedStyle(document.querySelector({json.dumps(selector)})).getPropertyValue('{name}')"
            )
        )

    def click(self, selector: str) -> None:
        """Click, with a mouse, into the middle of the first element that a CSS selector means."""
        where = self.point_at(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **where)

    def point_at(self, selector: str) -> dict[str, float]:
        """Move the mouse there, without a click; the place in the window."""
        found = self.evaluate(f"({_MIDDLE})({json.dumps(selector)})")
        assert isinstance(found, list), f"nothing is {selector}"
        where = {"x": float(found[0]), "y": float(found[1])}
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **where)
        return where

    def press(self, *keys: str) -> None:
        """Press keys one after another, by their names: `Tab`, `Enter`, `ArrowDown`."""
        text = {"Enter": "\r", " ": " "}
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "Backspace": 8}
        codes |= {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
        for key in keys:
            what = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, 0)}
            self.call("Input.dispatchKeyEvent", type="keyDown", **what, **({"text": text[key]} if key in text else {}))
            self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def type(self, text: str) -> None:
        """Write into what has the focus."""
        self.call("Input.insertText", text=text)

    def colours(self, scheme: str) -> None:
        """Prefer `light` or `dark`."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def on_paper(self) -> None:
        """Show the page as it will be printed."""
        self.call("Emulation.setEmulatedMedia", media="print")

    def size(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def screenshot(self, file: Path) -> None:
        """What is in the window, as PNG. For people: no test compares pictures."""
        import base64

        file.write_bytes(base64.b64decode(str(self.call("Page.captureScreenshot", format="png")["data"])))

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until it holds. Raises BrowserError."""
        end = time.monotonic() + _PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise BrowserError("what the test waits for does not happen")
            time.sleep(0.02)

    @property
    def complaints(self) -> list[str]:
        """Exceptions, what was written to the console, and what the browser itself logged: refusals by the policy."""
        exceptions = [json.dumps(one["exceptionDetails"]) for one in self._of("Runtime.exceptionThrown")]
        said = [json.dumps(one["args"]) for one in self._of("Runtime.consoleAPICalled")]
        return [*exceptions, *said, *(json.dumps(one["entry"]) for one in self._of("Log.entryAdded"))]

    @property
    def requests(self) -> list[str]:
        """The addresses of all that was asked for, the page's own among them."""
        sent = [one["request"] for one in self._of("Network.requestWillBeSent")]
        return [str(one["url"]) for one in sent if isinstance(one, dict)]

    @property
    def dialogs(self) -> list[str]:
        """What was put before the person by `alert` and its like."""
        return [str(one["message"]) for one in self._of("Page.javascriptDialogOpening")]

    def _of(self, method: str) -> list[dict[str, object]]:
        found = [one["params"] for one in self._browser.events if self._is(one, method)]
        return [one for one in found if isinstance(one, dict)]

    def _is(self, event: dict[str, object], method: str) -> bool:
        return event.get("sessionId") == self._session and event.get("method") == method
