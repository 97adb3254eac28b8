"""What must hold for every page in a browser."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files

from justhtml import JustHTML
from playwright.async_api import Browser, ConsoleMessage, Page, Request, Response

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},  # WCAG 2.2, off by default
    "resultTypes": ["violations"],
}
_VIOLATIONS = """
async rules => (await axe.run(rules)).violations.map(
  found => `${found.id}: ${found.nodes.map(node => node.html + " " + node.failureSummary).join("; ")}`
)
"""
_IS_WIDER = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth;
}"""
_FOCUS = """() => {
  let focused = document.activeElement;
  if (focused === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(focused); // a component has it around itself
  if (focused.shadowRoot) focused = focused.shadowRoot.activeElement;
  const { width, height, bottom, top, left, right } = focused.getBoundingClientRect();
  const seen = width > 1 && height > 1 && bottom > 0 && top < innerHeight && left < innerWidth && right > 0;
  return { name: focused.ariaLabel || focused.labels?.[0]?.textContent || focused.textContent.trim(),
           visible: seen && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
}"""


@dataclass
class Tab:
    """A page in a browser, and everything that it complained about or asked another host for."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    """The status that each page is meant to have, if it was named."""
    document: Response | None = None
    """The page as it came from the server."""

    async def open(self, path: str, *, status: int = 200) -> None:
        """Go to a page of the site."""
        self.statuses[f"{self.address}{path}".partition("#")[0]] = status
        answer = await self.page.goto(f"{self.address}{path}")
        assert answer is not None
        assert answer.status == status

    def watch(self) -> None:
        """Note every message, error, failed request and request to another host from now on."""
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._note_request)
        self.page.on("requestfailed", self._note_failure)
        self.page.on("response", self._note_response)

    def _note_message(self, message: ConsoleMessage) -> None:
        status = self.statuses.get(message.location["url"].partition("#")[0], 200)
        if status >= 400 and f"status of {status}" in message.text:
            return  # Chromium reports the page itself
        self.faults.append(f"console: {message.text}")

    def _note_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the test went to another page
            self.faults.append(f"failed: {request.url}: {request.failure}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(f"{self.address}/"):
            self.faults.append(f"other host: {request.url}")

    def _note_response(self, answer: Response) -> None:
        if answer.request.is_navigation_request():
            self.document = answer
        if answer.status >= 400 and answer.status != self.statuses.get(answer.url):
            self.faults.append(f"{answer.status}: {answer.url}")

    async def violations(self) -> Sequence[str]:
        """The violations of WCAG 2.2 AA and of axe's best practices, by axe-core."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE)
        found: Sequence[str] = await self.page.evaluate(_VIOLATIONS, RULES)
        return found

    async def syntax_faults(self) -> Sequence[str]:
        """The errors that a parser finds which follows the HTML standard."""
        assert self.document is not None
        return [str(error) for error in JustHTML(await self.document.body(), collect_errors=True).errors]

    async def is_wider_than_the_screen(self) -> bool:
        """Whether it scrolls sideways."""
        return bool(await self.page.evaluate(_IS_WIDER))

    async def focus(self) -> tuple[str, bool] | None:
        """The accessible name of the focused element, and whether a visible outline surrounds it."""
        found = await self.page.evaluate(_FOCUS)
        return None if found is None else (found["name"], found["visible"])

    async def press_tab_until(self, name: str) -> None:
        """Move the focus forwards to the element of this name."""
        passed: list[str] = []
        while True:
            await self.page.keyboard.press("Tab")
            focused = await self.focus()
            assert focused is not None, f"no {name!r} among {passed}"
            passed.append(focused[0])
            assert focused[1], f"the focus on {focused[0]!r} is not visible"
            if focused[0] == name:
                return


@asynccontextmanager
async def a_tab(
    browser: Browser, address: str, *, scripts: bool = True, locale: str = "en-US", cookies: bool = False
) -> AsyncIterator[Tab]:
    """A tab in a context of its own. At the end, fails if anything was noted, or if there are cookies."""
    context = await browser.new_context(java_script_enabled=scripts, reduced_motion="reduce", locale=locale)
    context.set_default_timeout(20_000)
    try:
        tab = Tab(await context.new_page(), address)
        tab.watch()
        yield tab
        assert not tab.faults, tab.faults
        assert cookies or await context.cookies() == []
    finally:
        await context.close()
