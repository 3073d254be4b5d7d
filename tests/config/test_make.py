"""What `make` offers, and that its set-up rests on the standard library."""

import ast
import re
import subprocess
import sys

from tests.databases import ROOT


def test_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    declared = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make ([\w-]+)", shown, re.MULTILINE) == declared


def test_the_set_up_needs_nothing_installed() -> None:
    tree = ast.parse((ROOT / "config" / "bootstrap.py").read_bytes())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names


def test_no_lock_file_names_where_packages_come_from() -> None:
    for path in sorted((ROOT / "requirements").iterdir()):
        assert not re.search(
            r"https?://|--(extra-)?index-url|--find-links", path.read_text(encoding="utf-8")
        ), path
