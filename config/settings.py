"""Settings, all from the environment. A wrong value stops the start with a sentence."""

from pathlib import Path

from csp.constants import NONE, SELF

from config import oidc, production, viewers
from config.database import database_settings
from config.env import env_bool, env_choice, env_int, env_list, env_secret, env_str
from config.logs import LEVELS, logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(env_str("CONSILIUM_HOME", str(BASE_DIR / ".consilium"))).absolute()

# A fresh checkout is a developer's: compose files and packages set DEBUG=0.
DEBUG = env_bool("DEBUG", True)
SECRET_KEY = env_secret("SECRET_KEY", "only-for-development" if DEBUG else "")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
if not DEBUG:
    production.check_secret_key(SECRET_KEY)
    production.check_hosts(ALLOWED_HOSTS)

DATABASES, REDIS_URL = database_settings(HOME, debug=DEBUG)
# The name that this deployment's logs carry for ever (C2SP origin); two deployments must not share it.
LOG_HOST = env_str("LOG_HOST", "localhost/consilium" if DEBUG else "")
production.check_log_host(LOG_HOST)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_fsm",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "config",
    "audit",
    "accounts",
    "workflow",
    "tasks",
    "provenance",
    "api",
    "django_htmx",
    "screens",
    "demo",
    "bench",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "api.middleware.RequestIdMiddleware",
    "config.request_lines.RequestLineMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "api.dicomweb.quick.QuickFrames",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.sessions.SessionLimits",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.one_time.OwnPasswordFirst",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "screens.places.places",
                "screens.keymap.looks",
            ]
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
TOKEN_DAYS = env_int("TOKEN_DAYS", 90)
# How many proxies stand before us, each of which adds to X-Forwarded-For; what others add is not believed.
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0, least=0)

# Signing in: the pages are in accounts/urls.py, what differs from allauth's ways in accounts/adapters.py.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "/", "account_login"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up; allauth wants the two to agree
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are entered by the house
ACCOUNT_EMAIL_NOTIFICATIONS = bool(env_str("MAIL_HOST"))
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",  # a reading room shares one address
    "login_failed": "20/m/ip,5/5m/key",  # by name; second factors by person
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password": "20/m/ip,3/10m/key",
    "reset_password_from_key": "20/m/ip",
}
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "add_webauthn": "accounts.forms.NewPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_TOTP_ISSUER = "Consilium"
MFA_TOTP_TOLERANCE = 1  # one period of 30 s either way: the clocks of phones differ
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
OIDC_ISSUER = oidc.issuer_from_environment(debug=DEBUG)
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = oidc.provider_from_environment(OIDC_ISSUER)

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Finished exports; the web service and the workers must see the same folder.
EXPORTS_KEPT_DAYS = env_int("EXPORTS_KEPT_DAYS", 30, least=0, most=36500)  # 0: for ever
EXPORTS_FOLDER = Path(env_str("EXPORTS_FOLDER", str(HOME / "exports"))).absolute()
# Images: what came in until it is taken in, and the de-identified files. Web and workers must see the same folder.
IMAGES_FOLDER = Path(env_str("IMAGES_FOLDER", str(HOME / "images"))).absolute()
IMPORT_PROCESSES = env_int("IMPORT_PROCESSES", 2, least=1, most=64)  # of one import; each takes up to 2 GiB
# Pseudonyms are made with it, and what must not be read is sealed with it: without it no images are taken in.
IMAGES_KEY = production.checked_key("IMAGES_KEY", env_secret("IMAGES_KEY", "5e" * 32 if DEBUG else ""))
STATIC_ROOT = Path(env_str("STATIC_ROOT", str(HOME / "static"))).absolute()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # a read may hold 8 MiB of labels
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a form with a hundred findings has thousands of inputs

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * env_int("SESSION_IDLE_MINUTES", 30, least=2)
SESSION_HOURS = env_int("SESSION_HOURS", 12, least=1)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # Strict would lose the way back from a provider
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
# The browser takes names with __Host- from this host alone, over TLS alone.
SESSION_COOKIE_NAME = "consilium-session" if DEBUG else "__Host-consilium-session"
CSRF_COOKIE_NAME = "consilium-csrf" if DEBUG else "__Host-consilium-csrf"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if DEBUG else 31536000
# Only where a proxy in front ends TLS and sets X-Forwarded-Proto itself: else anybody could claim to be secure.
BEHIND_TLS_PROXY = env_bool("BEHIND_TLS_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
SECURE_SSL_REDIRECT = BEHIND_TLS_PROXY
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
# Who scrapes /metrics sends it as a bearer token; without one only this machine may ask.
METRICS_TOKEN = production.checked_token("METRICS_TOKEN", env_secret("METRICS_TOKEN", ""))
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF, *oidc.origin(OIDC_ISSUER)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Where outside viewers run that may read a task's images with its token; nobody where none is named.
CORS_ALLOWED_ORIGINS = viewers.checked_origins("VIEWER_ORIGINS", env_list("VIEWER_ORIGINS", []))
CORS_URLS_REGEX = viewers.OPEN_URLS
CORS_ALLOW_METHODS, CORS_ALLOW_HEADERS = viewers.OPEN_METHODS, viewers.SENT_HEADERS
CORS_EXPOSE_HEADERS = viewers.READ_HEADERS
CORS_ALLOW_CREDENTIALS = False
CORS_PREFLIGHT_MAX_AGE = viewers.PREFLIGHT_SECONDS

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ALWAYS_EAGER = env_bool("JOBS_INLINE", False)  # tests: a job runs where it is sent
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "visibility_timeout": 600,
    # Whoever sends a job fails at once when the broker is away; kombu would wait for seconds in a person's request.
    "max_retries": 0,
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "tasks.jobs.sweep", "schedule": 10.0, "options": {"expires": 9}},
    "heal": {"task": "tasks.jobs.heal_all", "schedule": 3600.0, "options": {"expires": 3000}},
    "probes": {"task": "tasks.jobs.prepare_probes", "schedule": 30.0, "options": {"expires": 29}},
    "probe_scores": {"task": "tasks.jobs.score_probes", "schedule": 60.0, "options": {"expires": 59}},
    "mail": {"task": "workflow.jobs.mail_notices", "schedule": 30.0, "options": {"expires": 29}},
    "safety": {"task": "workflow.jobs.escalate_reports", "schedule": 60.0, "options": {"expires": 59}},
    "late": {"task": "tasks.jobs.escalate_late", "schedule": 600.0, "options": {"expires": 590}},
    "shortages": {
        "task": "tasks.jobs.list_daily_shortages",
        "schedule": 1800.0,
        "options": {"expires": 1700},
    },
    "exports": {"task": "provenance.jobs.sweep_exports", "schedule": 5.0, "options": {"expires": 4}},
    "imports": {"task": "tasks.jobs.sweep_imports", "schedule": 10.0, "options": {"expires": 9}},
    "images": {"task": "tasks.jobs.clear_images", "schedule": 3600.0, "options": {"expires": 3000}},
    "life": {"task": "workflow.jobs.show_life", "schedule": 3600.0, "options": {"expires": 3000}},
    "access": {"task": "workflow.jobs.seal_access_logs", "schedule": 60.0, "options": {"expires": 59}},
    "access_months": {
        "task": "workflow.jobs.prepare_access_months",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "expired_exports": {
        "task": "provenance.jobs.expire_exports",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "measurements": {
        "task": "workflow.jobs.sweep_measurements",
        "schedule": 5.0,
        "options": {"expires": 4},
    },
    "monitors": {
        "task": "workflow.jobs.watch_agreement",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "figures": {"task": "tasks.jobs.sweep_figures", "schedule": 5.0, "options": {"expires": 4}},
    "figures_age": {"task": "tasks.jobs.refresh_figures", "schedule": 900.0, "options": {"expires": 800}},
    "sessions": {"task": "accounts.jobs.forget_sessions", "schedule": 86400.0, "options": {"expires": 80000}},
    "answers": {"task": "api.jobs.forget_answers", "schedule": 86400.0, "options": {"expires": 80000}},
}

CACHES = {"default": {"BACKEND": "config.cache.RedisOrMemory", "LOCATION": REDIS_URL}}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.ExactJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Cursor",
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api.problems.handler",
    "DEFAULT_THROTTLE_RATES": {
        "sign_in_by_address": env_str("SIGN_IN_RATE_BY_ADDRESS", "30/min"),
        "sign_in_by_name": env_str("SIGN_IN_RATE_BY_NAME", "10/min"),
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Consilium",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Cases through annotate, junior review, consensus and senior arbitration.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_AUTHENTICATION": [],
    "SORT_OPERATIONS": False,
    "ENUM_NAME_OVERRIDES": {
        "TaskStatus": "tasks.models.Task.Status",
        "TaskKind": "tasks.models.Task.Kind",
        "CaseState": "workflow.states.STATES",
        "Split": "workflow.models.Case.Split",
        "LabelStatus": "workflow.models.ReferenceLabel.Status",
        "MemberStatus": "workflow.models.Membership.Status",
        "VersionStatus": "workflow.models.Version.Status",
        "SafetyKind": "workflow.models.SafetyReport.Kind",
        "IssueKind": "tasks.models.Issue.Kind",
        "DatasetState": "provenance.models.Dataset.State",
        "ExportState": "provenance.models.Export.State",
        "ImportState": "workflow.models.ImportBatch.State",
        "ImportFileState": "workflow.models.ImportFile.State",
    },
}
LOG_LEVEL = env_choice("LOG_LEVEL", "WARNING" if DEBUG else "INFO", LEVELS)
LOGGING = logging_settings(debug=DEBUG, level=LOG_LEVEL)

DEFAULT_FROM_EMAIL = env_str("MAIL_FROM", "consilium@localhost")
# Where nothing is set, a developer sees mails on the console; in production they would be personal data in a log.
_MAIL = "smtp" if env_str("MAIL_HOST") else "console" if DEBUG else "dummy"
EMAIL_BACKEND = f"django.core.mail.backends.{_MAIL}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = env_str("MAIL_HOST", "localhost"), env_int("MAIL_PORT", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env_str("MAIL_USER"), env_secret("MAIL_PASSWORD", "")
EMAIL_USE_TLS = env_bool("MAIL_TLS", False)
