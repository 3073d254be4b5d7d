"""The compose file and the image: closed by default, least privilege, and the same commands as everywhere."""

import json
import re
from typing import Any

import pytest
import yaml

from config.roles import ROLES
from config.serving import BEAT, SEALER, WEB, WORKER
from tests.databases import ROOT

OURS = ("migrate", "web", "worker", "beat", "sealer")
THEIRS = ("postgres", "redis")
# Words of the Compose specification that this file uses: a misspelt one would be ignored, or refused too late.
WORDS = {
    *("image", "build", "command", "environment", "secrets", "networks", "volumes", "ports", "tmpfs", "user"),
    *("restart", "init", "read_only", "cap_drop", "security_opt", "logging", "depends_on", "healthcheck"),
    *("stop_grace_period", "shm_size"),
}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
IN_IMAGE = {
    line[1:].split("/")[0]
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if line.startswith("!")
}


def test_every_word_is_one_that_compose_knows() -> None:
    assert {word for service in SERVICES.values() for word in service} <= WORDS
    assert {word for word in COMPOSE if not word.startswith("x-")} == {
        *("name", "services", "networks", "volumes", "secrets")
    }


def test_the_services_are_those_of_the_design() -> None:
    assert set(SERVICES) == {*OURS, *THEIRS}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert int(service["user"].split(":")[0]) > 0
    assert "privileged" not in service


@pytest.mark.parametrize("name", {*SERVICES} - {"migrate"})
def test_what_keeps_running_is_watched(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_the_web_is_published_and_only_to_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all(SERVICES[name]["networks"] == ["inside"] for name in THEIRS)


@pytest.mark.parametrize("name", SERVICES)
def test_a_secret_is_a_file_that_the_service_was_given(name: str) -> None:
    service = SERVICES[name]
    given = set(service["secrets"])
    assert given <= COMPOSE["secrets"].keys()
    said = json.dumps(
        [service.get("environment", {}), service.get("command", []), service.get("healthcheck", {})]
    )
    # What is mounted is used; PostgreSQL's init script uses those of all roles.
    used = set(re.findall(r"/run/secrets/(\w+)", said))
    assert used == given or (name == "postgres" and given - used == {f"postgres_{role}" for role in ROLES})
    for variable, value in service.get("environment", {}).items():
        if re.search("SECRET|PASSWORD|TOKEN|KEY", variable):
            assert variable.removesuffix("_OLD").endswith("_FILE")
            assert value.startswith("/run/secrets/")
        assert not re.search(r"//[^/@]*:[^/@]*@", str(value)), "a password in an address"


def test_each_password_of_the_database_is_where_it_is_needed_and_nowhere_else() -> None:
    holders = {role: {n for n, s in SERVICES.items() if f"postgres_{role}" in s["secrets"]} for role in ROLES}
    assert holders == {
        "owner": {"postgres", "migrate"},
        "app": {"postgres", "web", "worker", "beat"},
        "sealer": {"postgres", "sealer"},
        "auditor": {"postgres"},
        "eraser": {"postgres"},
    }
    assert {n for n, s in SERVICES.items() if "postgres_superuser" in s["secrets"]} == {"postgres"}
    for key in ("log_key", "log_key_old"):
        assert {n for n, s in SERVICES.items() if key in s["secrets"]} == {"sealer"}
    users = {name: SERVICES[name]["environment"]["DATABASE_URL"].split("@")[0] for name in OURS}
    assert users["migrate"] == "postgresql://consilium_owner"
    assert {users[name] for name in ("web", "worker", "beat")} == {"postgresql://consilium_app"}


def test_the_slot_of_the_key_before_holds_the_present_key_unless_one_is_being_changed() -> None:
    present, before = (COMPOSE["secrets"][name]["file"] for name in ("log_key", "log_key_old"))
    assert (present, before) == ("${LOG_KEY:-./secrets/log_key}", f"${{LOG_KEY_OLD:-{present}}}")


def test_the_commands_are_those_that_run_everywhere() -> None:
    web = ["python", *WEB, "--host", "0.0.0.0", "--port", "8000"]
    assert SERVICES["web"]["command"] == web
    assert json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[0]) == web
    assert SERVICES["worker"]["command"][: len(WORKER) + 1] == ["python", *WORKER]
    assert SERVICES["beat"]["command"][: len(BEAT) + 1] == ["python", *BEAT]
    assert SERVICES["sealer"]["command"] == ["python", *SEALER]


def test_a_service_waits_for_what_it_needs() -> None:
    for name in ("web", "worker", "beat", "sealer"):
        waits = {other: how["condition"] for other, how in SERVICES[name]["depends_on"].items()}
        assert waits == {"migrate": "service_completed_successfully", "redis": "service_healthy"}
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_every_setting_that_is_said_is_read_somewhere() -> None:
    read = "".join(
        path.read_text(encoding="utf-8") for path in [*ROOT.glob("config/*.py"), *ROOT.glob("audit/**/*.py")]
    )
    said = {name.removesuffix("_FILE") for name in OURS for name in SERVICES[name]["environment"]}
    said -= {
        "PROMETHEUS_MULTIPROC_DIR",
        "TMPDIR",
        "LOG_KEY",
        "LOG_KEY_FILE_OLD",
    }  # the Prometheus client's own; Python's own; the sealer's, with its file alone
    # The passwords beside addresses are named by a prefix.
    assert {name for name in said if f'"{name}"' not in read} <= {"DATABASE_PASSWORD", "REDIS_PASSWORD"}


def test_the_image_installs_locked_packages_alone_and_runs_as_nobody_special() -> None:
    assert "--require-hashes" in DOCKERFILE
    assert set(re.findall(r"requirements/[\w.]+", DOCKERFILE)) == {"requirements/base.txt"}
    last = DOCKERFILE.rsplit("FROM ", 1)[1]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["10001:10001"]
    assert "collectstatic" in last
    assert not re.search(r"^(ENV|ARG).*(SECRET|PASSWORD|TOKEN)", DOCKERFILE, re.MULTILINE)


def test_the_image_holds_every_app_and_no_test_no_demonstration_and_no_secret() -> None:
    from django.conf import settings

    ours = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}
    assert ours <= IN_IMAGE
    assert not IN_IMAGE & {"tests", "secrets", ".consilium", ".git", "docs"}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    apart = [line for line in ignored if line.startswith(("!demo", "!bench"))]
    assert apart == ["!bench/__init__.py", "!demo/__init__.py"]
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
