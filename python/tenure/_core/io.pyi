"""
Model files.
"""

from __future__ import annotations

import typing

__all__: list[str] = ["checksum", "read_arrow_stream", "read_tree", "write_file"]

def checksum(bytes: bytes, seed: typing.SupportsInt | typing.SupportsIndex = 0) -> int:
    """
    The CRC-64 of model files.
    """

def read_arrow_stream(source: typing.Any) -> typing.Any:
    """
    Reads any object with `__arrow_c_stream__` into a pandas frame; needs no pyarrow.
    """

def read_tree(bytes: bytes) -> typing.Any:
    """
    Everything a model file holds, as plain data; nothing in the file is ever run.
    """

def write_file(path: str, bytes: bytes) -> None:
    """
    Writes beside the path and renames: the file is whole or not there.
    """
