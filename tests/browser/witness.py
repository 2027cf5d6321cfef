"""Sees what goes wrong in the browser, whatever a test itself looks at."""

from playwright.sync_api import BrowserContext, Request

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Witness:
    """Errors on the console and in scripts, violations of the policy, requests that fail or leave the site."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self.tolerated: list[str] = []
        """Parts of complaints that the test brings about on purpose."""

    def watch(self, context: BrowserContext, site: str) -> None:
        def stay(request: Request) -> None:
            if not request.url.startswith((site, "data:", "blob:")):
                self._seen.append(f"leaves the site: {request.url}")

        context.add_init_script(REPORT_VIOLATIONS)
        context.on(
            "console",
            lambda message: self._see(f"{message.text} {message.location['url']}") if message.type == "error" else None,
        )
        context.on("weberror", lambda error: self._see(str(error.error)))
        context.on("request", stay)
        context.on("requestfailed", lambda request: self._see(f"{request.failure}: {request.url}"))

    def complaints(self) -> list[str]:
        return [seen for seen in self._seen if not any(part in seen for part in self.tolerated)]

    def _see(self, what: str) -> None:
        self._seen.append(what)
