# The service's image: web, worker, beat, sealer and migrations run from it. It holds no secret and needs none to build.
ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim-bookworm AS packages
COPY requirements/base.txt /base.txt
# Hashes pin every file; wheels only, so that nothing is compiled and no package runs code here.
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check --no-deps \
        --only-binary :all: --require-hashes --requirement /base.txt

FROM python:${PYTHON_VERSION}-slim-bookworm
# No home, no shell; the number is fixed so that secrets and volumes can be given to it.
RUN groupadd --gid 10001 consilium \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin consilium \
    && install --directory --owner 10001 --group 10001 --mode 0700 /records /exports /images
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DEBUG=0 CONSILIUM_HOME=/tmp/consilium STATIC_ROOT=/app/collected
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# Settings must be said to collect files; nothing of these is kept in the image, and nothing is asked of a server.
RUN SECRET_KEY=not-a-secret-only-for-collecting-static-files ALLOWED_HOSTS=build LOG_HOST=build \
    DATABASE_URL=postgresql://build/build REDIS_URL=redis://build \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q -j 0 /app /venv
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "granian", "--interface", "wsgi", "config.wsgi:application", "--no-ws", "--workers", "2", "--blocking-threads", "8", "--log-level", "warning", "--host", "0.0.0.0", "--port", "8000"]
