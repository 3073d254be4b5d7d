"""Collects what goes wrong in a page while a test uses it."""

from playwright.sync_api import ConsoleMessage, Page, Response

# The console repeats every answer of 400 and more; Response says it better.
REPEATED = (
    "Failed to load resource: the server responded with a status of",
    "Failed to load resource: net::ERR_INTERNET_DISCONNECTED",  # only where a test cuts the line
)
VIOLATION = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content security policy: ${event.effectiveDirective} forbids ${event.blockedURI}`))"""


class Watch:
    """The faults of a page: errors on the console or in scripts, broken policy, missing parts, failed requests."""

    def __init__(self, page: Page) -> None:
        self.faults: list[str] = []
        page.add_init_script(VIOLATION)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._fault(page.url, str(error)))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REPEATED):
            self._fault(message.location.get("url", ""), message.text)

    def _response(self, response: Response) -> None:
        # A page, or what a script asks for, may rightly be refused; a part of a page may not be missing.
        part = response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= (400 if part else 500):
            self._fault(response.url, f"answered with {response.status}")

    def _fault(self, where: str, what: str) -> None:
        self.faults.append(f"{where}: {what}")
