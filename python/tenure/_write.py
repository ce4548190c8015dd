"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_together(files: Mapping[Path, str | bytes]) -> None:
    """Write every content to its path, texts as UTF-8: all of them or none. A failure leaves what was there before."""
    waiting: list[tuple[str, Path]] = []
    kept: list[tuple[str, Path]] = []
    placed: list[Path] = []
    try:
        for path, content in files.items():
            if path.is_dir():
                raise IsADirectoryError(f"'{path}' is a folder, a file name is needed")
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
            waiting.append((name, path))
            with os.fdopen(handle, "wb") as stream:
                stream.write(content.encode("utf-8") if isinstance(content, str) else content)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, 0o666 & ~_umask())
        for name, path in waiting:
            if path.exists():
                old = f"{name}.old"
                os.replace(path, old)
                kept.append((old, path))
            os.replace(name, path)
            placed.append(path)
    except BaseException:
        for path in placed:
            path.unlink()
        for old, path in kept:
            os.replace(old, path)
        raise
    finally:
        for name, _ in [*waiting, *kept]:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
