"""The browser libraries in the tree are the ones the manifest names, and the ones the page asks."""

from __future__ import annotations

import json
import re

from vendor_assets import ASSETS, PACKAGES, differences


def test_every_file_matches_the_manifest() -> None:
    assert list(differences()) == []


def test_every_package_states_its_licence() -> None:
    entries = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))
    assert {entry["name"] for entry in entries} == {package.name for package in PACKAGES}
    assert {entry["licence"] for entry in entries} <= {"MIT", "Apache-2.0"}


def test_what_our_scripts_load_is_there() -> None:
    wanted = re.findall(r"solara\.cdn \+ \"/([^\"]+)\"", (ASSETS / "custom.js").read_text())
    assert wanted
    for path in wanted:
        assert (ASSETS / "cdn" / path).is_file()


def test_our_own_files_name_no_other_host() -> None:
    for path in (*ASSETS.glob("*.css"), *ASSETS.glob("*.js"), *ASSETS.parent.rglob("*.vue")):
        assert "//" not in re.sub(r"(^|\s)// .*", "", path.read_text(encoding="utf-8")), path
