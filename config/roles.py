"""The database roles: their names, their passwords on an embedded server, and the SQL that makes them."""

import os
import secrets
from pathlib import Path

import psycopg
from psycopg import sql

# Which may do what: config/sql/roles.sql, and the GRANTs in the migrations.
ROLES = ("owner", "app", "sealer", "auditor", "eraser")
SUPERUSER = "postgres"
DATABASE = "consilium"
ROLES_SQL = Path(__file__).parent / "sql" / "roles.sql"


def role_name(role: str) -> str:
    """The name that PostgreSQL knows a role by: consilium_app for app; the superuser keeps its own."""
    return SUPERUSER if role == "superuser" else f"consilium_{role}"


def secret(home: Path, name: str) -> str:
    """A password under home/secrets, made on first use and readable by us alone."""
    path = home / "secrets" / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _write_secret(path, secrets.token_urlsafe(24))


def _write_secret(path: Path, value: str) -> str:
    # Written beside and renamed, so that a start that is cut off leaves no empty password.
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with open(
        os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(value)
    unfinished.rename(path)
    return value


def create_database(superuser_url: str, name: str = DATABASE) -> None:
    """Make the service's database if it is missing; UTF-8, sorted by code point on every system."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def apply(superuser_url: str) -> None:
    """Make the roles and give them the database that the URL names, by the same SQL as in production."""
    with psycopg.connect(superuser_url) as connection:
        connection.execute(ROLES_SQL.read_bytes())


def set_passwords(superuser_url: str, passwords: dict[str, str]) -> None:
    """Give each role (its short name) its password."""
    with psycopg.connect(superuser_url) as connection:
        for role, password in passwords.items():
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role_name(role)), sql.Literal(password)
                )
            )
