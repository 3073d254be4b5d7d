"""How the code must lie: who imports whom, who writes what, what no file may hold."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = (
    *("config", "audit", "accounts", "imaging", "workflow", "tasks", "provenance"),
    *("api", "screens", "demo", "bench"),
)
LONGEST_FILE = 400
ARGUED = {"audit/verify.py"}  # one file on purpose: an auditor carries it away and needs nothing else
GENERATED = re.compile(r"^static/|/migrations/0001_tables\.py$")
# Who may write the rows that the log speaks of; everybody else calls their functions.
WRITERS = {"workflow": ("workflow", "tasks"), "tasks": ("workflow", "tasks"), "audit": ("audit",)}
NO_HTTP = ("audit", "imaging", "workflow", "tasks", "provenance")
# The files that speak of what they forbid.
FORBIDDING = {"tests/test_architecture.py", "tests/config/test_make.py"}


@cache
def tracked() -> tuple[Path, ...]:
    """The project's own files: what git holds or would hold."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return tuple(
        sorted(p for name in set(listed.stdout.split("\0")) if name and (p := ROOT / name).is_file())
    )


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """The parsed Python files of packages, without their migrations."""
    for path in tracked():
        name = name_of(path)
        if path.suffix == ".py" and name.split("/")[0] in packages and "/migrations/" not in name:
            yield name, ast.parse(path.read_bytes(), name)


def dotted(node: ast.expr) -> str:
    """`a.b.c` as text; calls and subscripts in between are passed over."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}"
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return dotted(inner)
        case _:
            return ""


def test_imports_point_down_only() -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_lower_packages_know_nothing_of_http() -> None:
    http = re.compile(
        r"rest_framework|django\.(http|views|shortcuts|urls|template)\b|django\.contrib\.(auth|messages)\."
    )
    found = [
        f"{name}: {module}"
        for name, tree in modules(*NO_HTTP)
        for module in imported(tree)
        if http.match(module + ".")
    ]
    assert found == []


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that a file imports, with the names that it takes from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_nothing_is_done_by_signals() -> None:
    signal = re.compile(
        r"(^|\.)(receiver|(pre|post)_(save|delete|init|transition|migrate)|m2m_changed|Signal)$"
    )
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute) and signal.search(dotted(node))
    ]
    assert found == []


def test_no_model_overrides_save_or_delete() -> None:
    overrides = ("save", "delete", "bulk_create", "asave", "save_base")
    found = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in modules(*PACKAGES)
        if re.search(r"/models[./]", name)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in overrides
    ]
    assert found == []


def test_no_file_of_code_is_longer_than_can_be_argued() -> None:
    # Tables that Django wrote are as long as they must be.
    code = [
        p
        for p in tracked()
        if p.suffix in (".py", ".ts", ".sql", ".html", ".css", ".js")
        and not GENERATED.search(name_of(p))
        and name_of(p) not in ARGUED
    ]
    long = {name_of(p): n for p in code if (n := len(p.read_text("utf-8").splitlines())) > LONGEST_FILE}
    assert long == {}


def test_no_file_names_a_machine_or_a_registry() -> None:
    here = f"{re.escape(str(ROOT))}\\b|" if len(ROOT.parts) > 2 else ""
    place = re.compile(
        here + r"(?<![\w.>-])/(root|home/\w+|Users/\w+)/|files\.pythonhosted\.org|pypi\.(org|python\.org)"
        r"|registry\.(npmjs\.org|yarnpkg\.com)|index-url\s*=|extra-index"
    )
    found = []
    for path in tracked():
        if name_of(path) in FORBIDDING or b"\0" in (data := path.read_bytes()):
            continue
        found += [f"{name_of(path)}: {m[0]}" for m in place.finditer(data.decode("utf-8", "replace"))]
    assert found == []


@cache
def models_of(package: str) -> frozenset[str]:
    """The names of the model classes that a package defines."""
    trees = [tree for name, tree in modules(package) if re.match(rf"{package}/models[./]", name)]
    return frozenset(node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))


def test_the_models_of_the_audited_packages_are_found() -> None:
    assert {"Case", "Read", "Review", "Part", "GuidelineVersion", "Membership"} <= models_of("workflow")
    assert {"Task", "Draft"} <= models_of("tasks")
    assert {"Event", "Content", "Opening", "Log"} <= models_of("audit")


WRITES = re.compile(r"\.(a?(bulk_)?(create|update)|a?(get|update)_or_create|a?delete|_raw_delete|raw)$")


def direct_writes(tree: ast.Module, models: frozenset[str]) -> Iterator[int]:
    """Lines that write rows of these models through their managers, or that build one and save it at once."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            parts = called.split(".")
            through = "objects" in parts and parts[parts.index("objects") - 1] in models
            saved = parts[-1] in ("save", "asave", "delete") and isinstance(node.func, ast.Attribute)
            built = (
                saved
                and isinstance(inner := node.func.value, ast.Call)
                and dotted(inner).split(".")[-1] in models
            )
            if (through and WRITES.search(called)) or built:
                yield node.lineno


@pytest.mark.parametrize("owner", WRITERS)
def test_only_their_owners_write_audited_rows(owner: str) -> None:
    others = [package for package in PACKAGES if package not in WRITERS[owner]]
    found = [
        f"{name}:{line}" for name, tree in modules(*others) for line in direct_writes(tree, models_of(owner))
    ]
    allowed = {"workflow/projects.py"} if owner == "audit" else set()  # a project opens its own, empty log
    assert [place for place in found if place.split(":")[0] not in allowed] == []


def test_a_direct_write_would_be_found() -> None:
    for line in (
        "Case.objects.filter(pk=1).update(state='final')",
        "models.Read.objects.create(slot=1)",
        "Task.objects.select_for_update().get_or_create(slot=1)",
        "Case(state='final').save()",
        "Case.objects.bulk_update(rows, ['held'])",
    ):
        assert list(direct_writes(ast.parse(line), frozenset({"Case", "Read", "Task"}))), line
    assert not list(direct_writes(ast.parse("Case.objects.filter(pk=1).values()"), frozenset({"Case"})))


def test_no_sql_outside_the_migrations_writes_audited_rows() -> None:
    statement = re.compile(
        r"(?i)\b(insert\s+into|update|delete\s+from|truncate|copy|alter\s+table)\s+(workflow|tasks|audit)_"
    )
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules(*(package for package in PACKAGES if package != "audit"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.search(node.value)
    ]
    assert found == []


def test_nobody_but_the_journal_writes_events() -> None:
    found = [
        name
        for name, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and "INSERT INTO audit_event" in str(node.value)
    ]
    assert found == ["audit/log.py"]
    copied = [
        name
        for name, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func) == "copy_in"
    ]
    assert copied == ["audit/copying.py", "audit/log.py"]


def test_only_their_owners_copy_rows() -> None:
    importing = {
        name
        for name, tree in modules(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "audit.copying"
    }
    assert importing == {"workflow/registering.py", "workflow/following.py", "tasks/following.py"}
