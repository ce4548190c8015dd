"""Runs every side-by-side benchmark in benchmarks/peers; arguments (--quick) are passed on, names select: `run.py survival --quick`."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def main() -> int:
    options = [a for a in sys.argv[1:] if a.startswith("-")]
    wanted = [a for a in sys.argv[1:] if not a.startswith("-")]
    failed = []
    for script in sorted((HERE / "peers").glob("*.py")):
        if script.stem == "schedule" or (wanted and script.stem not in wanted):
            continue
        print(f"=== {script.stem}", flush=True)
        if subprocess.run([sys.executable, str(script), *options]).returncode:
            failed.append(script.stem)
    if failed:
        print("failed:", ", ".join(failed))
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
