# The image alone is right: bin/start brings the database to this code's schema, or fails, before gunicorn starts.

# The base is pinned, so that a build tomorrow is the build that was tested today. Renew it every month: take the
# `Digest:` that `docker buildx imagetools inspect python:3.13-slim` prints first, write it here, and build. It is that of
# all platforms together; this one, of October 2026, holds Python 3.13.16 on Debian 13.
FROM python:3.13-slim@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f AS base

FROM base AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.txt .
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --require-hashes --only-binary :all: -r requirements.txt
ENV PATH=/venv/bin:$PATH
COPY manage.py .
COPY bin/start bin/start
COPY config config
COPY releases releases
COPY serving serving
COPY workouts workouts
RUN DEBUG=True python manage.py collectstatic --noinput \
    && PYTHONDONTWRITEBYTECODE= python -m compileall -q /app /venv

FROM base
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin planner
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER planner
EXPOSE 8000
CMD ["bin/start"]
