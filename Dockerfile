# The image alone is right: bin/start brings the database to this code's schema, or fails, before gunicorn starts.

FROM python:3.13-slim AS build
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
COPY workouts workouts
RUN DEBUG=True python manage.py collectstatic --noinput \
    && PYTHONDONTWRITEBYTECODE= python -m compileall -q /app /venv

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin planner
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER planner
EXPOSE 8000
CMD ["bin/start"]
