"""Find the Chromium that drives the browser tests; install one where that is possible.

Run as a script (``make test`` does) it installs what is missing and prints the path.  Tests import
``find_browser``, which only looks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# Fonts: without any, pages are laid out with widths that no reader ever sees.
PACKAGES = ["chromium", "fonts-liberation"]
APT = ["apt-get", "-o", "Acquire::Retries=3", "-o", "Dpkg::Use-Pty=0"]

INSTRUCTION = """\
The browser tests need Chromium or Google Chrome, and neither could be found or installed.
Install one of them with your system's package manager (Debian: sudo apt-get install chromium),
check that `chromium --version` answers, then run `make test` again."""


def find_browser() -> str | None:
    """Return the path of the first browser that really starts, or None."""
    return next((path for path in _candidates() if _starts(path)), None)


def main() -> int:
    """Make sure a browser is there; return the exit code."""
    browser = find_browser()
    for install in (_install_with_apt, _install_with_playwright):
        if browser:
            break
        if install():
            browser = find_browser()
    if not browser:
        print(INSTRUCTION, file=sys.stderr)
        return 1
    print(f"Browser for the tests: {browser}")
    return 0


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    yield MAC_CHROME
    # Asked last: starting Playwright's driver takes about a second.
    own = _playwright_browser()
    if own:
        yield own


def _playwright_browser() -> str | None:
    """Ask in a child process: the synchronous API refuses to run inside an event loop."""
    question = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def _starts(path: str) -> bool:
    """Run it: on some systems the name on PATH only says that the real package is missing."""
    if not Path(path).is_file():
        return False
    try:
        run = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0


def _install_with_apt() -> bool:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    print("No browser for the tests yet: installing Debian's chromium ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return _succeeds([*APT, "-q", "update"], quiet) and _succeeds(
        [*APT, "-q", "install", "-y", "--no-install-recommends", *PACKAGES], quiet
    )


def _install_with_playwright() -> bool:
    print("No browser for the tests yet: downloading Playwright's Chromium ...", flush=True)
    return _succeeds([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def _succeeds(command: list[str], environment: dict[str, str]) -> bool:
    return subprocess.run(command, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
