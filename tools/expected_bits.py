"""Write down the numbers that ``cxsim doctor`` expects: ``python tools/expected_bits.py``.

To be run when rules or defaults have changed on purpose; ``--check`` only compares.
"""

from __future__ import annotations

import argparse
import json

from cxsim.cli import checkup


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    bits = checkup.bits(checkup.fixed_run())
    content = {"scenario": checkup.fixed_scenario().hash, "bits": bits}
    text = json.dumps(content, indent=2) + "\n"
    known = checkup.EXPECTED.read_text(encoding="utf-8") if checkup.EXPECTED.exists() else ""
    if text == known:
        print(f"{checkup.EXPECTED.name} is up to date")
        return 0
    if check:
        print(f"{checkup.EXPECTED.name} is out of date: python tools/expected_bits.py")
        return 1
    checkup.EXPECTED.write_text(text, encoding="utf-8")
    print(f"wrote {checkup.EXPECTED}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
