"""Whether files are valid: by dicom-validator's rules, and by dciodvfy of Debian's dicom3tools."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pydicom
import pytest
from dicom_validator.validator.iod_validator import IODValidator
from dicom_validator.validator.validation_result import Status

from tests.imaging.out.standard import standard

DCIODVFY = shutil.which("dciodvfy")
# .ci/run installs it where it can; dicom-validator judges everywhere.
with_dciodvfy = pytest.mark.skipif(DCIODVFY is None, reason="Debian's dicom3tools is not installed")


class _Quiet:
    def handle_validation_start(self, result: Any) -> None:
        """Nothing is told before the end."""

    def handle_validation_result(self, result: Any) -> None:
        """The test looks at the result itself."""


def faults(path: Path) -> list[str]:
    """What dicom-validator finds wrong with a file."""
    handler: Any = _Quiet()
    result = IODValidator(pydicom.dcmread(path), standard(), error_handler=handler).validate()
    assert result.status in (Status.Passed, Status.Failed), result.status
    return [
        f"{module} {number} {error.code}"
        for module, errors in (result.module_errors or {}).items()
        for number, error in errors.items()
    ]


def complaints(path: Path) -> list[str]:
    """The errors that dciodvfy finds; it warns of every coding scheme that it doesn't know."""
    assert DCIODVFY, "dicom3tools is missing: apt-get install dicom3tools"
    done = subprocess.run([DCIODVFY, str(path)], capture_output=True, text=True, check=False)
    assert "Usage" not in done.stderr, done.stderr
    return [line for line in done.stderr.splitlines() if line.startswith(("Error", "Abort"))]
