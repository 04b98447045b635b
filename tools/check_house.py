"""Laws of the house that no ready-made linter knows: one clock, imports at the top, small files, nothing put off."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOUSE = frozenset(
    {
        "core", "organizations", "catalog", "subjects", "sanctions", "publicity", "repair", "objections", "exchange",
        "supervision", "portal", "credit_platform",
    }
)  # fmt: skip
LONGEST_FILE = 450
LONGEST_FUNCTION = 65
LONGEST_LINE = 132  # the formatter keeps code at 120; a literal may run a little over
CLOCK = "core/clock.py"
SQL_CLOCK = re.compile(r"\bCURRENT_(?:DATE|TIME|TIMESTAMP)\b|\bLOCALTIME(?:STAMP)?\b|\bnow\(\)", re.IGNORECASE)
# Assembled, so that this file does not accuse itself.
PUT_OFF = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
WALL_CLOCKS = {
    ("date", "today"), ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("timezone", "now"),
    ("timezone", "localdate"), ("timezone", "localtime"), ("functions", "Now"),
}  # fmt: skip
HOSTS = re.compile(r"https?://\S+/simple\b|--(?:extra-)?index-url")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home)/[\w.-]+")

Finding = tuple[int, str]


def tracked() -> list[Path]:
    """Return the files of the checkout that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in sorted(set(names)) if (ROOT / name).is_file()]


def in_domain(relative: Path) -> bool:
    return relative.parts[0] in HOUSE and relative.as_posix() != CLOCK


def findings_in_text(relative: Path, text: str) -> Iterator[Finding]:
    """Find what may stand in no file of ours."""
    for number, line in enumerate(text.splitlines(), 1):
        if PUT_OFF.search(line):
            yield number, "put off instead of done"
        if HOSTS.search(line) and relative.parts[0] != "tools":
            yield number, "names a package index"
        if MACHINE_PATHS.search(line) and relative.parts[0] != "tools":
            yield number, "names a path of one machine"


def findings_in_python(relative: Path, text: str) -> Iterator[Finding]:
    """Find what the laws forbid in Python."""
    lines = text.splitlines()
    if len(lines) > LONGEST_FILE and "migrations" not in relative.parts:
        yield len(lines), f"{len(lines)} lines; at most {LONGEST_FILE}: split by meaning"
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE and "migrations" not in relative.parts and "http" not in line:
            yield number, f"line of {len(line)} characters; at most {LONGEST_LINE}"
    tree = ast.parse(text)
    yield from inner_findings(tree, imports_when_ready=relative.name == "apps.py")
    if in_domain(relative):
        yield from clock_findings(tree)


def inner_findings(tree: ast.Module, *, imports_when_ready: bool = False) -> Iterator[Finding]:
    """Find long functions and imports of the house inside functions; `AppConfig.ready` alone cannot but have them."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > LONGEST_FUNCTION:
            yield function.lineno, f"{function.name} has {length} lines; at most {LONGEST_FUNCTION}"
        if imports_when_ready and function.name == "ready":
            continue
        for node in ast.walk(function):
            if any(name in HOUSE for name in imported(node)):
                yield node.lineno, "imports from the house inside a function"  # type: ignore[attr-defined]


def imported(node: ast.AST) -> list[str]:
    """Return the top-level packages that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module.split(".")[0]]
    return []


def clock_findings(tree: ast.Module) -> Iterator[Finding]:
    """Find readers of the time of day other than core.clock, in Python and in SQL."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in WALL_CLOCKS:
                yield node.lineno, f"{owner}.{node.attr} reads the time; use core.clock"
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
            and SQL_CLOCK.search(node.value)
        ):
            yield node.lineno, "SQL reads the time; pass the day as a parameter"


def main() -> int:
    """Print every finding; 1 where there is any."""
    rows = []
    for path in tracked():
        relative = path.relative_to(ROOT)
        if path.suffix in {".lock", ".png", ".jpg", ".ico", ".woff2", ".xlsx", ".pdf", ".ttf", ".gz"}:
            continue
        text = path.read_text(errors="replace")
        found = list(findings_in_text(relative, text))
        if path.suffix == ".py":
            found += findings_in_python(relative, text)
        rows += [f"{relative}:{line}: {what}" for line, what in found]
    print("\n".join(rows) or "the house is in order")
    return 1 if rows else 0


if __name__ == "__main__":
    sys.exit(main())
