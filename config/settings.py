"""Every setting of the studio, each from the environment (or .env) with a default that works.

Production is the default of this file: DEBUG is off unless set. What `make run` needs for development,
the Makefile sets. .env.example lists the variables.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import admin_colors, bucket, social
from config.logs import logging_for
from config.queue import broker
from config.secret import secret_key
from config.values import Env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
Env.read_env(BASE_DIR / ".env")

# --- Where things are -------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

PORT = env.count("PORT", default=8000, least=1)
SANDBOX_PORT = env.count("SANDBOX_PORT", default=8001, least=1)

# Where browsers and Astria's callbacks reach us; cookies, hosts, HSTS and CSRF origins follow from it.
PUBLIC_URL = env.origin("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}")
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = [_public.hostname or "127.0.0.1", *env.list("ALLOWED_HOSTS", default=[])]
if not IS_HTTPS:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
# How many proxies of our own stand in front: only then are X-Forwarded-* headers believed.
TRUSTED_PROXIES = env.count("TRUSTED_PROXIES", default=0)

# gunicorn.conf.py takes the same numbers; bulkheads are a share of them.
WEB_WORKERS = env.count("WEB_WORKERS", default=2, least=1)
WEB_THREADS = env.count("WEB_THREADS", default=4, least=1)

# Who else may say who a person is: only those whose keys are given are offered.
SOCIAL = social.providers(
    google=(env.str("GOOGLE_CLIENT_ID", default=""), env.str("GOOGLE_CLIENT_SECRET", default="")),
    github=(env.str("GITHUB_CLIENT_ID", default=""), env.str("GITHUB_CLIENT_SECRET", default="")),
    microsoft=(env.str("MICROSOFT_CLIENT_ID", default=""), env.str("MICROSOFT_CLIENT_SECRET", default="")),
    openid=(env.str("OPENID_CLIENT_ID", default=""), env.str("OPENID_CLIENT_SECRET", default="")),
    openid_url=env.str("OPENID_URL", default=""),
    openid_name=env.str("OPENID_NAME", default="OpenID"),
)

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
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    *SOCIAL.apps,
    "django_htmx",
    "django_q",
    "csp",
    # Ours come last: their admin pages take the place of those above.
    "accounts",
    "packs",
    "studio",
]

MIDDLEWARE = [
    # Before whatever looks at the host's name or redirects to https: probes come from inside.
    "config.probes.HealthMiddleware",
    "config.doors.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.permissions.PermissionsMiddleware",
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
    "accounts.second_factor.StaffMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.signed_out.SignedOutMiddleware",
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
# Galleries that were made: in the process alone, so that copies of people's pages lie nowhere.
CACHES["pages"] = env.cache_url_config("locmemcache://pages?timeout=3600&max_entries=100")
# Django's default for its own caches is 300: with a few hundred guesses one would push one's own count out.
if CACHES["default"]["BACKEND"].startswith("django.core.cache.backends.db"):
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 100_000)
elif CACHES["default"]["BACKEND"].endswith("RedisCache"):
    CACHES["default"]["BACKEND"] = "config.cache.Cache"

QUEUE_URL = env.str("QUEUE_URL", default="")
# What calls Astria has a queue and workers of its own: when Astria hangs, only they do (studio/queue.py).
CALLERS_CLUSTER = "studio-callers"
Q_CLUSTER: dict[str, Any] = {
    "ALT_CLUSTERS": {CALLERS_CLUSTER: {"workers": env.count("CALLERS", default=2, least=1)}},
    "name": "studio",
    **broker(env.str("QUEUE", default="orm"), QUEUE_URL),
    "cache": "none",  # no statistics of the cluster: signs of life are rows of our own
    "workers": env.count("WORKERS", default=2, least=1),
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

# Divides every delay and deadline of studio/pace.py: for tests of the whole, never for people.
PACE = env.factor("PACE", default=1.0, least=0.001)

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
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # mail may be slow; three wrong codes end it all the same
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Who finds a browser open does not take the account over: addresses, password and factors ask again.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {"signup": "accounts.sign_in_forms.SignUpForm"}
MFA_ADAPTER = "accounts.second_factor.Adapter"
MFA_FORMS = {
    "add_webauthn": "accounts.sign_in_forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.sign_in_forms.AuthenticatePasskeyForm",
    "login_webauthn": "accounts.sign_in_forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "accounts.sign_in_forms.ReauthenticatePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
# Browsers know no insecure origin but this machine's own name; there fido2 has to be told.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = SOCIAL.settings
# Whoever enters the admin needs a second factor (docs/decisions/0012).
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEBUG)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
FREE_CREDITS = env.count("FREE_CREDITS", default=40)

# --- Money ------------------------------------------------------------------------------------------------

# Both, or credits are not sold: docs/operate.md.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.origin("STRIPE_API_BASE", default="https://api.stripe.com")
# Where people pay: a form may lead there.
STRIPE_CHECKOUT_ORIGIN = env.origin("STRIPE_CHECKOUT_ORIGIN", default="https://checkout.stripe.com")
# Who sells, as receipts say it; the lines of the address parted by "|".
OPERATOR_NAME = env.str("OPERATOR_NAME", default="")
OPERATOR_ADDRESS = env.str("OPERATOR_ADDRESS", default="")
# What one of a currency is in dollars, for the margin in the console: Astria bills dollars.
DOLLARS_PER = {"usd": Decimal(1)} | env.rates("DOLLARS_PER")
# For so many days after a shoot's end people may ask for a refund. 0: they cannot.
REFUND_DAYS = env.count("REFUND_DAYS", default=30)

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

# --- The operator's own pages (plain text; what is empty is not there) -------------------------------------

TERMS = env.str("TERMS", default="")
IMPRINT = env.str("IMPRINT", default="")
CONTACT = env.str("CONTACT", default="")
# How long the audit log is kept; the database lets nobody delete what is younger than a year.
AUDIT_KEPT_DAYS = env.count("AUDIT_KEPT_DAYS", default=365, least=365)
# How long backups, and notes of erasures with them, are kept, as the privacy page says it; 0: no time.
BACKUPS_KEPT_DAYS = env.count("BACKUPS_KEPT_DAYS", default=0)

# --- Files ------------------------------------------------------------------------------------------------

_origins: list[str] = []  # from where browsers may load pictures, beside ourselves
_kind = env.str("STORAGE", default="files")
if _kind == "s3":
    _options = bucket.options(
        name=env.str("AWS_STORAGE_BUCKET_NAME", default=""),
        region=env.str("AWS_S3_REGION_NAME", default="") or env.str("AWS_DEFAULT_REGION", default=""),
        endpoint=env.str("AWS_S3_ENDPOINT_URL", default=""),
        addressing=env.str("AWS_S3_ADDRESSING_STYLE", default=""),
    )
    _files: dict[str, object] = {"BACKEND": "studio.bucket.Bucket", "OPTIONS": _options}
    _origins = [bucket.origin(**_options)]
elif _kind == "files":
    _files = {
        "BACKEND": "studio.disk.Disk",
        # No base_url: private files have no address of their own, only views that check the owner.
        "OPTIONS": {"location": DATA_DIR / "files", "allow_overwrite": True, "base_url": None},
    }
else:
    raise ImproperlyConfigured(f"STORAGE={_kind!r} is no storage: choose files or s3.")
# Whether their owner's browser reads pictures from S3 itself, by addresses that are signed for an hour.
PRESIGNED_URLS = env.bool("PRESIGNED_URLS", default=True)
_static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
if DEBUG:
    _static = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {"default": _files, "staticfiles": {"BACKEND": _static}}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
# A photo may weigh 50 MB and the form without JavaScript 200 MB; more never reaches a parser.
MAX_PHOTO_BYTES = 50 * 1024 * 1024
MAX_BODY_BYTES = 200 * 1024 * 1024
# Whoever selects all of a large gallery posts a field for each picture.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# Whether downloads say in their metadata that a machine made them (IPTC's digital source type).
MARK_AI_PICTURES = env.bool("MARK_AI_PICTURES", default=True)

# --- Astria -----------------------------------------------------------------------------------------------

ASTRIA_BASE_URL = env.origin("ASTRIA_BASE_URL", default=f"http://127.0.0.1:{SANDBOX_PORT}")
ASTRIA_API_KEY = env.str("ASTRIA_API_KEY", default="sd_local")
# Declares that idempotency is switched on in the Astria account: unanswered orders may then be sent again.
ASTRIA_IDEMPOTENT = env.bool("ASTRIA_IDEMPOTENT", default=False)
ASTRIA_CALLS_PER_MINUTE = env.count("ASTRIA_CALLS_PER_MINUTE", default=120, least=1)
# Narrows where pictures, those of packs too, may be fetched from; empty means any public host.
ASTRIA_IMAGE_HOSTS = env.list("ASTRIA_IMAGE_HOSTS", default=[])
# Milli-cents in a dollar: public code and the documentation's comment differ by ten (docs/decisions/0004).
ASTRIA_MILLICENTS_PER_DOLLAR = env.count("ASTRIA_MILLICENTS_PER_DOLLAR", default=100_000, least=1)
# What a picture costs there, for orders whose price Astria does not name beforehand.
ASTRIA_MILLICENTS_PER_IMAGE = env.count("ASTRIA_MILLICENTS_PER_IMAGE", default=2_500)
ASTRIA_MILLICENTS_PER_ENLARGEMENT = env.count("ASTRIA_MILLICENTS_PER_ENLARGEMENT", default=2_500)
# What a credit brings in, in US cents: prices by margin are reckoned with it.
CREDIT_CENTS = env.count("CREDIT_CENTS", default=25, least=1)
# What thirty more days of a model cost there: a guess, its documentation points to the price list.
ASTRIA_MILLICENTS_PER_EXTENSION = env.count("ASTRIA_MILLICENTS_PER_EXTENSION", default=50_000)
# What a day's orders and extensions, all or one person's, may cost there, in dollars. 0: any amount.
SPEND_CAP_PER_DAY = env.count("SPEND_CAP_PER_DAY", default=0)
SPEND_CAP_PER_PERSON_PER_DAY = env.count("SPEND_CAP_PER_PERSON_PER_DAY", default=0)
# Below so many dollars at Astria staff are told. 0: never.
ASTRIA_BALANCE_LOW = env.count("ASTRIA_BALANCE_LOW", default=20)
ASTRIA_GALLERY_PACKS = env.bool("ASTRIA_GALLERY_PACKS", default=False)
# Whether a photo's own file name goes along to inspection. Names can name people: off unless asked for.
INSPECT_WITH_FILE_NAMES = env.bool("INSPECT_WITH_FILE_NAMES", default=False)
# Credits for enlarging a picture beside its own, and for keeping a model at Astria for another thirty days.
ENLARGEMENT_PRICE = env.count("ENLARGEMENT_PRICE", default=1)
EXTENSION_PRICE = env.count("EXTENSION_PRICE", default=5)
CLASS_NAMES = env.list("CLASS_NAMES", default=["man", "woman"])
# Words that no pictures are made of, if a person writes them: these, and the lines of a file.
BLOCKED_WORDS = env.list("BLOCKED_WORDS", default=["naked", "nude*", "nudity", "nsfw", "porn*", "topless"])
BLOCKED_WORDS += env.lines("BLOCKED_WORDS_FILE")

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

_file_hosts = env.list("FILE_HOSTS", default=_origins)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_file_hosts],
        "connect-src": [SELF, *_file_hosts],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *SOCIAL.origins, *([STRIPE_CHECKOUT_ORIGIN] if STRIPE_SECRET_KEY else [])],
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

UNFOLD = admin_colors.looks(SITE_NAME)
# Who shows it reads /metrics; empty: only staff do.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- Logs -------------------------------------------------------------------------------------------------

# text for people, json for machines: one line a record, with the ids of what it is about.
LOGGING = logging_for(env.str("LOG_FORMAT", default="text" if DEBUG else "json"))

SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    from config import sentry  # not loaded without: nothing of it runs

    sentry.start(
        SENTRY_DSN,
        environment=env.str("SENTRY_ENVIRONMENT", default="production"),
        release=env.str("SENTRY_RELEASE", default=""),
    )
