"""Django's settings. Whatever differs between installations comes from config.environment."""

from datetime import timedelta

from csp.constants import NONE, SELF

from config import environment
from config.databases import BASE_DIR
from config.logs import REQUEST_ID_HEADER, logging_config
from serving.limits import BODY_BYTES

DEBUG = environment.DEBUG
SECRET_KEY = environment.SECRET_KEY
DATABASES = {"default": environment.DATABASE_URL}
RELEASES = {
    "DATABASE_WAIT": environment.RELEASE_DATABASE_WAIT,
    "LOCK_TIMEOUT": environment.RELEASE_LOCK_TIMEOUT,
    "BUILD_TIMEOUT": environment.RELEASE_BUILD_TIMEOUT,
    "STALL_BUDGET": environment.RELEASE_STALL_BUDGET,
    "DEADLINE": environment.RELEASE_DEADLINE,
    "DEADLINE_VARIABLE": "RELEASE_DEADLINE",
    "DATABASE_VARIABLE": "DATABASE_URL",
    "DIRECT_DATABASE": environment.MIGRATION_DATABASE_URL,
    "DIRECT_DATABASE_VARIABLE": "MIGRATION_DATABASE_URL",
    "DIRECT_DATABASE_HINT": "On Railway: railway variable set 'MIGRATION_DATABASE_URL=${{Postgres.DATABASE_URL}}'",
    "COMMAND": "python manage.py migrate --noinput --fake-initial",
    "COMMIT_VARIABLE": "RAILWAY_GIT_COMMIT_SHA",
    "DEPLOYMENT_VARIABLE": "RAILWAY_DEPLOYMENT_ID",
    "READYZ_TOKEN": environment.READYZ_TOKEN,
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

hosts = [*environment.ALLOWED_HOSTS, *environment.RAILWAY_PUBLIC_DOMAIN]
ALLOWED_HOSTS = [*hosts, "localhost", "127.0.0.1", "[::1]"]  # the machine itself

INSTALLED_APPS = [
    "releases",
    "workouts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "corsheaders",
    "csp",
    "django_guid",
    "django_htmx",
    "ninja",
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "releases.middleware.HealthCheckMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "workouts.middleware.BodyLimitMiddleware",
    "workouts.middleware.WrongMethodMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "workouts.accounts.backends.AccountBackend",
    "django.contrib.auth.backends.ModelBackend",  # of sessions that began before the one above
]

# Only the API, for front ends on other origins. They send a token, so they need no cookie. Without such a front end the
# middleware is not installed, and no preflight is answered.
CORS_ALLOWED_ORIGINS = environment.CORS_ALLOWED_ORIGINS
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ("GET", "POST", "PUT", "DELETE")
CORS_ALLOW_HEADERS = ("authorization", "content-type")
CORS_EXPOSE_HEADERS = ("Retry-After", REQUEST_ID_HEADER)
if CORS_ALLOWED_ORIGINS:  # before any middleware that refuses, redirects or requires a login: a preflight must pass
    MIDDLEWARE.insert(1, "corsheaders.middleware.CorsMiddleware")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "week"
LOGOUT_REDIRECT_URL = "login"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Parts of pages, in the memory of each process. Their keys have every value that they show, so none is ever outdated;
# only a template that is being edited would not show.
CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}"}}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

SESSION_ENGINE = "workouts.accounts.sessions"
SESSION_COOKIE_AGE = 60 * 24 * 60 * 60  # seconds from the login; sessions are in the database and outlast a deploy

# Ten failures let a person try old passwords. Forty per hour do not find a password that the validators allow. They
# count per account and address, so a stranger elsewhere cannot lock out the owner.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "workouts.accounts.logins.client_address"
AXES_USERNAME_CALLABLE = "workouts.accounts.logins.account"
AXES_LOCKOUT_CALLABLE = "workouts.accounts.logins.too_many_failures"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # it would keep every login forever
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# The client's address, for the count of failures. Clients can send these headers themselves, so only what our own
# proxies wrote last is used. Each of the TRUSTED_PROXIES appends the address that it saw to X-Forwarded-For; Railway's
# edge sets X-Real-IP to the client's address.
TRUSTED_PROXIES = environment.TRUSTED_PROXIES
CLIENT_ADDRESS = "HTTP_X_REAL_IP" if environment.RAILWAY_ENVIRONMENT_NAME else "REMOTE_ADDR"
if TRUSTED_PROXIES:
    CLIENT_ADDRESS = "HTTP_X_FORWARDED_FOR"

LANGUAGE_CODE = "en"
USE_I18N = False
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = environment.TIME_ZONE

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = logging_config(debug=DEBUG, level=environment.LOG_LEVEL)
DJANGO_GUID = {
    "GUID_HEADER_NAME": REQUEST_ID_HEADER,
    "VALIDATE_GUID": False,
    "EXPOSE_HEADER": False,
}

DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_BYTES  # of any body, files included: workouts.middleware
FILE_UPLOAD_MAX_MEMORY_SIZE = BODY_BYTES  # so no file is written to disk, which may be full or read-only

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "workouts.pages.refusals.without_token"

if not DEBUG:
    # Railway's edge terminates TLS and always sets this header.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
