"""A deployment that says too little, or something wrong, doesn't start, and is told which variable to mend."""

from pathlib import Path

import pytest

from tests.config import production

START = "import sys, manage; sys.argv = ['manage.py', 'diffsettings']; manage.main()"
SHOW = "from django.conf import settings as s; print(eval({!r}, {{'s': s}}))"


def told(**changed: str | None) -> str:
    """The one sentence with which the start is refused."""
    done = production.run(START, **changed)
    assert (done.returncode, done.stdout) == (1, "")
    (sentence,) = done.stderr.splitlines()
    return sentence


def value(expression: str, **changed: str | None) -> str:
    """What a setting is, as text."""
    done = production.run(SHOW.format(expression), **changed)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "LOG_HOST", "DATABASE_URL", "REDIS_URL"])
def test_what_production_must_know_it_asks_for(name: str) -> None:
    assert told(**{name: None}).startswith(f"{name} is missing: ")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is too easy to guess"),
        ("SECRET_KEY", "a" * 50, "SECRET_KEY is too easy to guess"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name hosts"),
        ("ALLOWED_HOSTS", "a.example,,b.example", "ALLOWED_HOSTS must be a comma-separated list"),
        ("LOG_HOST", "https://labels.example.org", "LOG_HOST must be a lower-case host name"),
        ("DEBUG", "perhaps", "DEBUG must be 1 or 0"),
        ("DATABASE_URL", "mysql://localhost/labels", "DATABASE_URL must begin with postgres"),
        ("DATABASE_URL", "postgresql://localhost", "DATABASE_URL must look like"),
        ("DATABASE_URL", "postgresql://localhost:port/labels", "DATABASE_URL is no address"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must begin with redis"),
        ("METRICS_TOKEN", "short", "METRICS_TOKEN is too easy to guess"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL must be one of"),
        ("BEHIND_TLS_PROXY", "maybe", "BEHIND_TLS_PROXY must be 1 or 0"),
        ("VIEWER_ORIGINS", "*", "VIEWER_ORIGINS must list origins"),
        ("VIEWER_ORIGINS", "https://*.example.org", "VIEWER_ORIGINS must list origins"),
        ("VIEWER_ORIGINS", "https://a.example/viewer", "VIEWER_ORIGINS must list origins"),
        ("VIEWER_ORIGINS", "null", "VIEWER_ORIGINS must list origins"),
        ("VIEWER_ORIGINS", "http://a.example", "VIEWER_ORIGINS must use https"),
        ("VIEWER_ORIGINS", "https://a.example,", "VIEWER_ORIGINS must be a comma-separated list"),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES must be 0 or more"),
    ],
)
def test_a_wrong_value_stops_the_start(name: str, value: str, sentence: str) -> None:
    assert told(**{name: value}).startswith(sentence)


def test_a_password_given_twice_is_refused_without_showing_it() -> None:
    url = "postgresql://consilium_app:hush-hush@localhost/labels"
    sentence = told(DATABASE_URL=url, DATABASE_PASSWORD="other")
    assert sentence == "DATABASE_URL has a password and DATABASE_PASSWORD is set: keep one of them."


def test_passwords_lie_in_files_beside_addresses_that_are_no_secret(tmp_path: Path) -> None:
    for name in ("database", "redis"):
        (tmp_path / name).write_text(f"{name}/p@ss\n", encoding="ascii")
    files = {f"{name.upper()}_PASSWORD_FILE": str(tmp_path / name) for name in ("database", "redis")}
    assert value("s.DATABASES['default']['PASSWORD']", **files) == "database/p@ss"
    assert value("s.REDIS_URL", **files) == "redis://:redis%2Fp%40ss@127.0.0.1:1/0"


def test_production_sends_its_cookies_over_tls_only() -> None:
    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_CONTENT_TYPE_NOSNIFF",
    )
    assert value(f"[bool(getattr(s, name)) for name in {names}]") == str([True] * len(names))


def test_a_proxys_word_about_tls_is_believed_only_where_that_is_said() -> None:
    assert value("s.SECURE_PROXY_SSL_HEADER, s.SECURE_SSL_REDIRECT") == "(None, False)"
    believed = "(('HTTP_X_FORWARDED_PROTO', 'https'), True)"
    assert value("s.SECURE_PROXY_SSL_HEADER, s.SECURE_SSL_REDIRECT", BEHIND_TLS_PROXY="1") == believed


def test_no_viewer_is_let_in_from_elsewhere_unless_it_is_named() -> None:
    assert value("s.CORS_ALLOWED_ORIGINS, s.CORS_ALLOW_CREDENTIALS") == "([], False)"
    named = "https://viewer.example.org, http://localhost:3000"
    assert value("s.CORS_ALLOWED_ORIGINS", VIEWER_ORIGINS=named) == str(named.split(", "))


def test_production_prints_no_mails() -> None:
    assert value("s.EMAIL_BACKEND") == "django.core.mail.backends.dummy.EmailBackend"
    assert (
        value("s.EMAIL_BACKEND", MAIL_HOST="mail.example.org")
        == "django.core.mail.backends.smtp.EmailBackend"
    )


def test_django_finds_nothing_to_mend_but_what_is_the_deployments_to_decide() -> None:
    check = "import sys, manage; sys.argv = ['manage.py', 'check', '--deploy']; manage.main()"
    done = production.run(check, BEHIND_TLS_PROXY="1")
    warned = {line.split(")")[0] for line in done.stderr.splitlines() if line.startswith("?: (security.")}
    # Whether subdomains are reached by TLS alone, and browsers may preload that, is for the domain's owner.
    assert warned <= {"?: (security.W005", "?: (security.W021"}, done.stderr
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("program", ["from config.wsgi import application", "from config.celery import app"])
def test_web_and_worker_say_the_sentence_too(program: str) -> None:
    done = production.run(program, SECRET_KEY=None)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("SECRET_KEY is missing")
