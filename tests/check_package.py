"""The package as a stranger gets it: wheel and sdist, a clean environment, an installed C++ library, the example application in both modes.

What Python trains C++ must score bit for bit the same, and the other way round.
"""

import os
import pathlib
import subprocess
import sys
import sysconfig
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]

TRAIN = """
import numpy as np, tenure as tn
random = np.random.default_rng(0)
X = random.normal(size=(400, 5)) * [1, 10, 0.1, 100, 1]
y = (random.random(400) < 1 / (1 + np.exp(-X @ [1, 0.05, -3, 0.004, 0.2]))).astype(int)
np.savetxt("rows.csv", X, delimiter=",", header="x0,x1,x2,x3,x4", comments="", fmt="%.17g")
np.savetxt("labels.csv", y, fmt="%d")
model = tn.learn.LogisticRegression(penalty=None).fit(X, y)
model.save("python.tenure")
np.savetxt("python.txt", model.predict_proba(X)[:, 1], fmt="%.17g")
"""
COMPARE = """
import numpy as np, tenure as tn
from tenure import _core
X = np.loadtxt("rows.csv", delimiter=",", skiprows=1)
for mode in ("compiled", "headers"):
    assert (np.loadtxt(f"cpp_{mode}.txt") == np.loadtxt("python.txt")).all(), f"{mode}: C++ scores differ from Python's"
    model = _core.learn.LogisticModel.from_bytes(open(f"fitted_{mode}.tenure", "rb").read())
    scores = _core.learn.predict_logistic(model, _core.Table(X))
    assert (np.loadtxt(f"fitted_{mode}.txt") == scores).all(), f"{mode}: Python scores differ from C++'s"
print("bit for bit the same, both ways, in both modes")
"""


def run(*command, cwd=None, **kwargs):
    print("$", *command, flush=True)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.run([str(c) for c in command], check=True, cwd=cwd, env=environment, **kwargs)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        # The sdist is built first and the wheel from it: what is missing in the sdist is missed here.
        run(sys.executable, "-m", "build", "--outdir", work / "dist", ROOT, stdout=subprocess.DEVNULL)
        wheel = next((work / "dist").glob("*.whl"))
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB")
        run(sys.executable, "-m", "venv", work / "clean")
        python = work / "clean/bin/python"
        run(python, "-m", "pip", "install", "-q", wheel)
        run(work / "clean/bin/tenure", "rate", "--begin", "3000", "--new", "500", "--end", "3300", cwd=work)
        run(python, "-c", TRAIN, cwd=work)

        prefix = work / "prefix"
        packages = pathlib.Path(sysconfig.get_paths()["purelib"])  # where header wheels of Eigen and Boost are, if the system has none
        run("cmake", "-S", ROOT, "-B", work / "library", "-G", "Ninja", f"-DCMAKE_INSTALL_PREFIX={prefix}", stdout=subprocess.DEVNULL)
        run("cmake", "--build", work / "library", "--target", "install", stdout=subprocess.DEVNULL)
        for mode, flag in (("compiled", "OFF"), ("headers", "ON")):
            build = work / f"score_{mode}"
            run(
                "cmake", "-S", ROOT / "examples/score", "-B", build, "-G", "Ninja", f"-DHEADER_ONLY={flag}",
                f"-DCMAKE_PREFIX_PATH={prefix};{packages / 'cmeel.prefix'}", f"-DBoost_ROOT={packages / 'boost_headers'}", stdout=subprocess.DEVNULL,
            )  # fmt: skip
            run("cmake", "--build", build, stdout=subprocess.DEVNULL)
            for command, output in (("python.tenure rows.csv", f"cpp_{mode}.txt"), (f"--fit labels.csv fitted_{mode}.tenure rows.csv", f"fitted_{mode}.txt")):
                with open(work / output, "w", encoding="utf-8") as out:
                    run(build / "score", *command.split(), cwd=work, stdout=out)
        run(python, "-c", COMPARE, cwd=work)


if __name__ == "__main__":
    main()
