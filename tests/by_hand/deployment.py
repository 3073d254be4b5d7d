"""The services of docker-compose.yml in a folder: their commands and environments with this machine's places."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from config.bootstrap import find_uv
from tests.by_hand.servers import Process, free_port, identity, reachable_python, wait_until

ROOT = Path(__file__).resolve().parents[2]
HOST = "labels.example.org"
OURS, DATABASES = 10001, 65534  # PostgreSQL wants a user who has a name; nobody has one everywhere
SHELL = {"ALLOWED_HOSTS": HOST, "LOG_HOST": f"{HOST}/log", "BEHIND_TLS_PROXY": "0", "TRUSTED_PROXIES": "0"}


class Deployment:
    """The services of the compose file in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.app = folder, folder / "app"
        self.services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        self.ports = {name: free_port() for name in ("postgres", "redis", "web")}
        self.running: dict[str, Process] = {}
        self.python = folder / "venv" / "bin" / "python"
        for name in ("secrets", "logs", "tmp", "metrics", "records", "database"):
            (folder / name).mkdir()

    def step(self, what: str) -> None:
        """Tell whoever waits."""
        sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {what}\n")
        sys.stdout.flush()

    def make_image(self) -> None:
        """What the Dockerfile does: the packages with hashes, the files, the collected static files."""
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
            "\0"
        )
        kept = [
            line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
        ]
        for name in filter(None, names):
            if any(name == one or name.startswith(f"{one}/") for one in kept) and (ROOT / name).is_file():
                (self.app / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.app / name)
        found, python = find_uv(), reachable_python(OURS)
        uv = found.absolute() if isinstance(found, Path) else found
        subprocess.run([uv, "venv", "--quiet", "--python", python, self.folder / "venv"], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", self.python, "--no-deps", "--only-binary", ":all:",
             "--require-hashes", "--requirement", "requirements/base.txt"],
            cwd=self.app, check=True,
        )  # fmt: skip
        said = re.search(
            r"^RUN (SECRET_KEY=.*?)python manage.py collectstatic", _dockerfile(), re.DOTALL | re.MULTILINE
        )
        assert said is not None
        build = dict(pair.split("=", 1) for pair in said[1].replace("\\\n", " ").split())
        self.run(
            ["python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
            build | self.image(),
            None,
        )

    def image(self) -> dict[str, str]:
        """The environment that the image brings."""
        found = re.search(r"^ENV (.*?[^\\])$", _dockerfile(), re.DOTALL | re.MULTILINE)
        assert found is not None
        said = dict(pair.split("=", 1) for pair in found[1].replace("\\\n", " ").split())
        of_machine = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        path = f"{self.folder}/venv/bin:{os.environ['PATH']}"
        return {**said, **of_machine, "PATH": path, **self._places(said)}

    def environment(self, service: str) -> dict[str, str]:
        """The environment of one service."""
        said = {name: _filled(str(value)) for name, value in self.services[service]["environment"].items()}
        return self.image() | self._places({name: value for name, value in said.items() if value})

    def _places(self, values: dict[Any, str]) -> dict[Any, str]:
        changed = {
            "/run/secrets": str(self.folder / "secrets"),
            "/run/metrics": str(self.folder / "metrics"),
            "/records": str(self.folder / "records"),
            "/app/": f"{self.app}/",
            "/tmp/": f"{self.folder}/tmp/",
            "@postgres/": f"@127.0.0.1:{self.ports['postgres']}/",
            "redis://redis/": f"redis://127.0.0.1:{self.ports['redis']}/",
        }
        # In one pass: what is put in may itself look like a place.
        place = re.compile("|".join(map(re.escape, changed)))
        return {
            key: place.sub(lambda found: changed[found[0]], said)
            for key, said in values.items()
            if key != "PATH"
        }

    def command(self, service: str) -> list[str]:
        """The very command of a service, at this machine's addresses."""
        said = self._places(dict(enumerate(map(str, self.services[service]["command"]))))  # type: ignore[arg-type]
        words = [word.replace("$$", "$") for word in said.values()]
        here = {"0.0.0.0": "127.0.0.1", "8000": str(self.ports["web"])}
        return [here.get(word, word) for word in words]

    def start(self, service: str, uid: int, environment: dict[str, str]) -> Process:
        """Start a service; what it says goes to logs/."""
        with (self.folder / "logs" / service).open("wb") as log:
            self.running[service] = subprocess.Popen(
                self.command(service), cwd=self.app, env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, **identity(uid),
            )  # fmt: skip
        return self.running[service]

    def run(self, command: list[Any], environment: dict[str, str], uid: int | None) -> str:
        """Run a command to its end."""
        done = subprocess.run(
            command, cwd=self.app, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, **({} if uid is None else identity(uid)),
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(
                f"{command} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        return done.stdout

    def probe(self, service: str) -> None:
        """The service's own health check, until it is content."""
        test = self.services[service]["healthcheck"]["test"][1:]
        said = self.environment(service) | {
            "PORT": str(self.ports["web"]),
            "BEAT_SCHEDULE": f"{self.folder}/tmp/beat-schedule",
        }

        said_last = ""

        def is_healthy() -> bool:
            nonlocal said_last
            done = subprocess.run(
                test, cwd=self.app, env=said, capture_output=True, text=True, check=False, **identity(OURS)
            )
            said_last = done.stderr
            return done.returncode == 0

        try:
            wait_until(is_healthy, service, self.running[service])
        except RuntimeError as error:
            raise RuntimeError(f"{error}: {said_last}") from None

    def stop(self) -> dict[str, int]:
        """End everything as `docker compose stop` does, services first; the exit codes."""
        codes = {}
        for name in reversed(self.running):
            process = self.running[name]
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
            try:
                codes[name] = process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = process.wait()
        return codes


def _dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text()


def _filled(value: str) -> str:
    """${NAME:-default} and ${NAME:?reason} as compose fills them in."""
    return re.sub(r"\$\{(\w+):[-?]([^}]*)\}", lambda found: SHELL.get(found[1], found[2]), value)
