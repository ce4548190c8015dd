"""What including a public header costs a consumer of the compiled library, beside `<vector>` + `<string>`.

python benchmarks/compile_time.py        # prints user seconds (minimum of 7, interleaved) and the ratio for every public header
"""

import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
ROUNDS = 7


def seconds(source: pathlib.Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(
        ["c++", "-std=c++20", "-O2", "-DTENURE_COMPILED", f"-I{ROOT / 'include'}", "-c", str(source), "-o", "/dev/null"],
        check=True,
    )
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main() -> int:
    headers = sorted(p.relative_to(ROOT / "include").as_posix() for p in (ROOT / "include" / "tenure").rglob("*.hpp"))
    headers = [h for h in headers if not h.endswith("-inl.hpp") and "/adapt/" not in h]
    with tempfile.TemporaryDirectory() as folder:
        base = pathlib.Path(folder) / "base.cpp"
        base.write_text("#include <string>\n#include <vector>\nint f() { return 1; }\n")
        print(f"{'header':44} seconds  ratio to <vector> + <string>")
        worst = 0.0
        for header in headers:
            unit = pathlib.Path(folder) / "unit.cpp"
            unit.write_text(f'#include "{header}"\nint f() {{ return 1; }}\n')
            times = [(seconds(unit), seconds(base)) for _ in range(ROUNDS)]
            ours, reference = min(t for t, _ in times), min(t for _, t in times)
            worst = max(worst, ours / reference)
            print(f"{header:44} {ours:7.3f}  {ours / reference:5.2f}")
        print(f"worst ratio {worst:.2f} (wanted: below 2)")
    return worst >= 2


if __name__ == "__main__":
    sys.exit(main())
