"""Every setting of the studio, each from the environment (or .env) with a default that works.

Production is the default of this file: DEBUG is off unless set. What `make run` needs for development,
the Makefile sets. .env.example lists the variables.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF

from config.secret import secret_key

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- Where things are -------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(DATA_DIR)

PORT = env.int("PORT", default=8000)
SANDBOX_PORT = env.int("SANDBOX_PORT", default=8001)

# Where browsers and Astria's callbacks reach us; cookies, hosts, HSTS and CSRF origins follow from it.
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = [_public.hostname or "127.0.0.1", *env.list("ALLOWED_HOSTS", default=[])]
if not IS_HTTPS:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
# How many proxies of our own stand in front: only then are X-Forwarded-* headers believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# gunicorn.conf.py takes the same numbers; bulkheads are a share of them.
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=4)

# --- Applications -----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_q",
    "csp",
    # Ours come last: their admin pages take the place of those above.
    "accounts",
    "packs",
    "studio",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.csp.AdminCSPMiddleware",
    "config.limits.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.context_processors.site",
            ],
            "libraries": {"constant": "config.constant"},
        },
    }
]

# --- Database, cache, queue -------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'studio.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = None
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE takes the write lock at BEGIN: a transaction that reads first cannot fail half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: an accepted callback survives a power cut (it is never sent twice).
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

CACHES = {"default": env.cache("CACHE_URL", default="dbcache://cache")}
# Django's default for its own caches is 300: with a few hundred guesses one would push one's own count out.
if CACHES["default"]["BACKEND"].startswith("django.core.cache.backends.db"):
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 100_000)

Q_CLUSTER = {
    "name": "studio",
    "orm": "default",
    "workers": env.int("WORKERS", default=2),
    "timeout": 180,  # a task is killed after this; must be less than `retry`
    "retry": 600,  # counted from the prefetch, not from the start: tasks may start twice
    "max_attempts": 5,
    "ack_failures": True,  # what fails is due again by the clock, not by the queue
    "queue_limit": 8,  # prefetch little: what waits in memory is lost with the process
    "bulk": 1,
    "poll": 0.2,
    "recycle": 200,
    "save_limit": -1,  # the event log is ours; successful tasks need no row
    "scheduler": False,  # the clock is a process of its own: manage.py clock
    "catch_up": False,
    "log_level": "WARNING",
}

# --- People -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "studio:shoots"
AUTH_PASSWORD_VALIDATORS = [{"NAME": "accounts.passwords.PasswordRules"}]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
FREE_CREDITS = env.int("FREE_CREDITS", default=40)

# --- Mail -------------------------------------------------------------------------------------------------

# One sentence on top of every page: maintenance, or that pictures come from a stand-in.
NOTICE = env.str("NOTICE", default="")
SITE_NAME = env.str("SITE_NAME", default="Headshot Studio")
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
    MAILBOX_DIR = None
else:
    # To the console, and readable at /mailbox/ while DEBUG is on.
    EMAIL_BACKEND = "accounts.mailbox.ConsoleAndMailbox"
    MAILBOX_DIR = DATA_DIR / "mailbox"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <studio@{_public.hostname}>")
EMAIL_TIMEOUT = 10

# --- Files ------------------------------------------------------------------------------------------------

if env.str("STORAGE", default="files") == "s3":
    _files: dict[str, object] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("AWS_STORAGE_BUCKET_NAME"),
            "endpoint_url": env.str("AWS_S3_ENDPOINT_URL", default=None),
            "region_name": env.str("AWS_S3_REGION_NAME", default=None),
            "default_acl": None,
            "file_overwrite": True,  # keys are deterministic: a second run overwrites itself
            "querystring_auth": True,
        },
    }
else:
    _files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # No base_url: private files have no address of their own, only views that check the owner.
        "OPTIONS": {"location": DATA_DIR / "files", "allow_overwrite": True, "base_url": None},
    }
_static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
if DEBUG:
    _static = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {"default": _files, "staticfiles": {"BACKEND": _static}}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
# A photo may weigh 50 MB and the form without JavaScript 200 MB; more never reaches a parser.
MAX_PHOTO_BYTES = 50 * 1024 * 1024
MAX_BODY_BYTES = 200 * 1024 * 1024

# --- Astria -----------------------------------------------------------------------------------------------

ASTRIA_BASE_URL = env.str("ASTRIA_BASE_URL", default=f"http://127.0.0.1:{SANDBOX_PORT}").rstrip("/")
ASTRIA_API_KEY = env.str("ASTRIA_API_KEY", default="sd_local")
# Declares that idempotency is switched on in the Astria account: unanswered orders may then be sent again.
ASTRIA_IDEMPOTENT = env.bool("ASTRIA_IDEMPOTENT", default=False)
ASTRIA_CALLS_PER_MINUTE = env.int("ASTRIA_CALLS_PER_MINUTE", default=120)
# Narrows where pictures may be fetched from; empty means any public host.
ASTRIA_IMAGE_HOSTS = env.list("ASTRIA_IMAGE_HOSTS", default=[])
# Milli-cents in a dollar: public code and the documentation's comment differ by ten (docs/decisions/0004).
ASTRIA_MILLICENTS_PER_DOLLAR = env.int("ASTRIA_MILLICENTS_PER_DOLLAR", default=100_000)
ASTRIA_GALLERY_PACKS = env.bool("ASTRIA_GALLERY_PACKS", default=False)
# Whether a photo's own file name goes along to inspection. Names can name people: off unless asked for.
INSPECT_WITH_FILE_NAMES = env.bool("INSPECT_WITH_FILE_NAMES", default=False)
CLASS_NAMES = env.list("CLASS_NAMES", default=["man", "woman"])

# --- Security ---------------------------------------------------------------------------------------------

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "studio.views.errors.csrf_failure"

_file_hosts = env.list("FILE_HOSTS", default=[])  # where presigned urls point to, with STORAGE=s3
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_file_hosts],
        "connect-src": [SELF, *_file_hosts],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

# --- Language and time ------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# --- Admin ------------------------------------------------------------------------------------------------

# The accent of static/css/tokens.css in steps from paper to ink, in place of the admin's purple.
UNFOLD = {
    "SITE_TITLE": SITE_NAME,
    "SITE_HEADER": SITE_NAME,
    "SITE_URL": "/",
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {
        "primary": {
            "50": "#fcf4ef",
            "100": "#f8e5da",
            "200": "#f2cab3",
            "300": "#efb08e",
            "400": "#ef9468",
            "500": "#c75a30",
            "600": "#9e3d1b",
            "700": "#833216",
            "800": "#6a2912",
            "900": "#52200f",
            "950": "#2f1208",
        },
    },
}

# --- Logs -------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "config.logs.ScrubSecrets"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["scrub"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "studio": {"level": "INFO"},
        "packs": {"level": "INFO"},
        "accounts": {"level": "INFO"},
        "django": {"level": "WARNING", "handlers": ["console"], "propagate": False},
        "django-q": {"level": "WARNING", "handlers": ["console"], "propagate": False},
    },
}
