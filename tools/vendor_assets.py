"""Rebuild the browser libraries that ship with the app: ``python tools/vendor_assets.py``.

The page must open without any network, so every script, style and font it asks for lies under
``cxsim/app/assets/cdn``. This script fetches the pinned packages with ``npm pack``, keeps the
files that the page really requests, and writes ``manifest.json`` with name, version, licence and
SHA-256 of each. ``--check`` only compares the files on disk with the manifest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ASSETS = Path(__file__).resolve().parents[1] / "cxsim" / "app" / "assets"


@dataclass(frozen=True)
class Package:
    """One npm package and the patterns of the files taken from it."""

    name: str
    version: str
    keep: tuple[str, ...]

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"


PACKAGES = (
    Package(
        "@widgetti/solara-vuetify3-app",
        "5.2.0",
        (
            "dist/main8.css",
            "dist/fonts.css",
            "dist/*8.min.js",
            "dist/*.woff2",
            "dist/solara-vuetify-app8.min.js.LICENSE.txt",
        ),
    ),
    Package("requirejs", "2.3.6", ("require.js",)),
    Package("uplot", "1.6.32", ("dist/uPlot.iife.min.js", "dist/uPlot.min.css", "LICENSE")),
)


def fetch(package: Package, folder: Path) -> Path:
    """Download one package with npm and return the path of its archive."""
    command = ["npm", "pack", package.spec, "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"npm could not fetch {package.spec}:\n{done.stderr.strip()}")
    return folder / done.stdout.strip().splitlines()[-1]


def unpack(package: Package, archive: Path, target: Path) -> str:
    """Copy the kept files of one archive below `target`; return the package's licence."""
    found: set[str] = set()
    licence = "unknown"
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            inner = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            stream = tar.extractfile(member) if member.isfile() else None
            if stream is None:
                continue
            if str(inner) == "package.json":
                licence = json.load(stream).get("license", licence)
            for pattern in package.keep:
                if inner.match(pattern) and len(inner.parts) == len(Path(pattern).parts):
                    found.add(pattern)
                    path = target / package.spec / inner
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(stream.read())
                    break
    if missing := set(package.keep) - found:
        sys.exit(f"{package.spec} no longer holds {', '.join(sorted(missing))}")
    return licence


def describe(package: Package, licence: str, root: Path) -> dict[str, object]:
    """The manifest entry of one package: what it is and the hash of each of its files."""
    files = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((root / package.spec).rglob("*"))
        if path.is_file()
    }
    return {
        "name": package.name,
        "version": package.version,
        "licence": licence,
        "files": files,
    }


def rebuild() -> None:
    """Fetch every package and replace ``assets/cdn`` and its manifest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fresh = folder / "cdn"
        entries = []
        for package in PACKAGES:
            licence = unpack(package, fetch(package, folder), fresh)
            entries.append(describe(package, licence, fresh))
        shutil.rmtree(ASSETS / "cdn", ignore_errors=True)
        shutil.copytree(fresh, ASSETS / "cdn")
    (ASSETS / "manifest.json").write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in (ASSETS / "cdn").rglob("*") if path.is_file())
    print(f"{len(entries)} packages, {size / 1e6:.1f} MB in {ASSETS / 'cdn'}")


def differences() -> Iterator[str]:
    """Every way in which the files on disk depart from the manifest."""
    listed: dict[str, str] = {}
    for entry in json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8")):
        listed.update(entry["files"])
    present = {
        path.relative_to(ASSETS / "cdn").as_posix(): path
        for path in (ASSETS / "cdn").rglob("*")
        if path.is_file()
    }
    yield from (f"missing: {name}" for name in sorted(listed.keys() - present.keys()))
    yield from (f"not in the manifest: {name}" for name in sorted(present.keys() - listed.keys()))
    for name in sorted(listed.keys() & present.keys()):
        if hashlib.sha256(present[name].read_bytes()).hexdigest() != listed[name]:
            yield f"changed: {name}"


def main() -> None:
    """Rebuild the files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare with the manifest only")
    if not parser.parse_args().check:
        rebuild()
    elif problems := list(differences()):
        sys.exit("\n".join(problems))
    else:
        print("all files match the manifest")


if __name__ == "__main__":
    main()
