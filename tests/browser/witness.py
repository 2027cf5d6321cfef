"""Records what goes wrong in the browser, whatever a test itself checks."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Witness:
    """Errors on the console and in scripts, violations of the policy, requests that fail or leave the site."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self.tolerated: list[str] = []
        """Parts of complaints that the test causes on purpose."""

    def watch(self, context: BrowserContext, site: str) -> None:
        def request(request: Request) -> None:
            if not request.url.startswith((site, "data:", "blob:")):
                self._seen.append(f"leaves the site: {request.url}")

        def failure(request: Request) -> None:
            if request.failure != "net::ERR_ABORTED":  # the browser's own: the page was left meanwhile
                self._seen.append(f"{request.failure}: {request.url}")

        def message(message: ConsoleMessage) -> None:
            if message.type == "error":
                self._seen.append(f"{message.text} {message.location['url']}")

        context.add_init_script(REPORT_VIOLATIONS)
        context.on("request", request)
        context.on("requestfailed", failure)
        context.on("console", message)
        context.on("weberror", lambda error: self._seen.append(str(error.error)))

    def complaints(self) -> list[str]:
        return [seen for seen in self._seen if not any(part in seen for part in self.tolerated)]
