"""Lineage: what a number depends on. Fingerprints of source code, of the packages it imports, and of data."""

import ast
import hashlib
import importlib.util
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

import pandas as pd

from pipeline.text import sha256

VERSION: Final = metadata.version("parley")


@cache
def _imports(module: str) -> tuple[str, frozenset[str]]:
    """Source of a module of this project, and the names of all modules that it imports."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no source for {module}: it cannot be fingerprinted")
    source = Path(spec.origin).read_text(encoding="utf-8")
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = importlib.util.resolve_name("." * node.level + (node.module or ""), spec.parent)
            names.add(origin)
            names.update(f"{origin}.{alias.name}" for alias in node.names if _is_module(origin, alias.name))
    return source, frozenset(names)


def _is_module(package: str, name: str) -> bool:
    spec = importlib.util.find_spec(package) if package.startswith("pipeline") else None
    is_package = spec is not None and spec.submodule_search_locations is not None
    return is_package and importlib.util.find_spec(f"{package}.{name}") is not None


@cache
def _closure(module: str) -> tuple[frozenset[str], frozenset[str]]:
    """The project's modules that a module reaches, and the top-level packages from elsewhere that those import."""
    ours, others, waiting = {module}, set(), [module]
    while waiting:
        for name in _imports(waiting.pop())[1]:
            if not name.startswith("pipeline"):
                others.add(name.split(".")[0])
            elif name not in ours:
                ours.add(name)
                waiting.append(name)
    return frozenset(ours), frozenset(others)


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(metadata.packages_distributions())


def package_versions(*modules: str) -> dict[str, str]:
    """Installed versions of the packages that the modules import, directly or through the project; by package name."""
    tops = set().union(*(_closure(module)[1] for module in modules))
    names = {name for top in tops for name in _distributions().get(top, [])}
    return {name: metadata.version(name) for name in sorted(names)}


def source_version(*modules: str) -> str:
    """Fingerprint of the source of the modules and of every module of the project that they import."""
    ours = sorted(set().union(*(_closure(module)[0] for module in modules)))
    return sha256("\n".join(f"{name}\n{_imports(name)[0]}" for name in ours))


def code_version(*modules: str) -> str:
    """Fingerprint of source and packages together: when it differs, results may differ."""
    packages = " ".join(f"{name}={version}" for name, version in package_versions(*modules).items())
    return sha256(f"{source_version(*modules)} {packages}")


def row_hashes(frame: pd.DataFrame) -> pd.Series:
    """One 64-bit hash a row, the same in every process; missing cells are equal to each other."""
    plain = frame.astype({name: "str" for name, kind in frame.dtypes.items() if str(kind) in ("Int64", "boolean")})
    return pd.util.hash_pandas_object(plain, index=False, categorize=False)


def frame_sha256(frame: pd.DataFrame) -> str:
    """Fingerprint of a frame's columns, cells and row order."""
    digest = hashlib.sha256(" ".join(frame.columns).encode())
    digest.update(row_hashes(frame).to_numpy().tobytes())
    return digest.hexdigest()


def files_sha256(paths: Iterable[Path]) -> str:
    """Fingerprint of files by name and content, whatever order they are given in; a missing file counts as empty."""
    parts = [f"{path.name} {sha256(path.read_bytes() if path.exists() else b'')}" for path in paths]
    return sha256("\n".join(sorted(parts)))
