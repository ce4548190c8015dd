"""Fails when a header includes something from a layer above its own (DESIGN.md, section 1)."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BELOW = {
    "core": set(),
    "io": {"core"},
    "numeric": {"core"},
    "stats": {"core", "numeric"},
    "trees": {"core", "numeric", "stats"},
}
for family in ("rates", "survival", "learn", "rules", "cluster", "evaluate"):
    BELOW[family] = {"core", "numeric", "stats", "trees"}
BELOW["value"] = BELOW["rates"] | {"rates", "survival", "learn", "rules", "cluster", "evaluate"}
BELOW["alert"] = BELOW["value"] | {"value"}


def problems():
    for path in sorted((ROOT / "include" / "tenure").rglob("*.hpp")):
        family = path.relative_to(ROOT / "include" / "tenure").parts[0]
        if family.endswith(".hpp") or family == "adapt":
            continue
        text = path.read_text(encoding="utf-8")
        for line, include in enumerate(text.splitlines(), 1):
            match = re.match(r'\s*#include [<"]([^>"]+)[>"]', include)
            if not match:
                continue
            target = match[1]
            if target.startswith(("Eigen/", "boost/")) and (family != "numeric" or not path.name.endswith("-inl.hpp")):
                yield f"{path}:{line}: {target} belongs behind numeric"
            if target.startswith("tenure/") and target.count("/") > 1:
                other = target.split("/")[1]
                if other != family and other not in BELOW[family]:
                    yield f"{path}:{line}: {family} must not include {other}"


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) or "layers: in order")
    sys.exit(bool(found))
