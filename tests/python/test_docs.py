"""Every snippet of the documentation runs, and so do the notebooks."""

import json
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md"])
FENCE = re.compile(r"^```(\w+)[ \t]*\n(.*?)^```", re.M | re.S)


def snippets(page, language):
    text = page.read_text(encoding="utf-8")
    return [(text[: m.start()].count("\n") + 2, m[2]) for m in FENCE.finditer(text) if m[1] == language]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_python_snippets_run_in_order(page, tmp_path, monkeypatch):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for line, code in snippets(page, "python"):
        exec(compile("\n" * (line - 1) + code, str(page), "exec"), names)


@pytest.mark.parametrize("notebook", sorted(ROOT.glob("examples/*.ipynb")), ids=lambda p: p.name)
def test_notebooks_run(notebook, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for number, cell in enumerate(json.loads(notebook.read_text(encoding="utf-8"))["cells"]):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{notebook.name}, cell {number}", "exec"), names)


PROGRAMS = [(page, line, code) for page in PAGES for line, code in snippets(page, "cpp") if "int main(" in code]


@pytest.mark.parametrize(("page", "line", "code"), PROGRAMS, ids=[f"{p.name}:{n}" for p, n, _ in PROGRAMS])
def test_cpp_programs_build_and_run(page, line, code, tmp_path):
    library = ROOT / "build/dev/libtenure.a"
    compiler = shutil.which("c++")
    if not compiler or not library.exists():
        pytest.skip("needs a C++ compiler and the library of `./dev build`")
    source = tmp_path / "snippet.cpp"
    source.write_text(f'#line {line} "{page.name}"\n{code}', encoding="utf-8")
    command = [compiler, "-std=c++20", "-DTENURE_COMPILED", f"-I{ROOT / 'include'}", str(source), str(library), "-pthread", "-o", str(tmp_path / "snippet")]
    subprocess.run(command, check=True, timeout=120)
    subprocess.run([str(tmp_path / "snippet")], check=True, timeout=60, cwd=tmp_path)
