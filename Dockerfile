# One image, three commands: web, worker, clock (compose.yaml). Debian's own Python, so that a rebuild brings
# its security updates; everything else is pinned in requirements.txt.

FROM docker.io/library/debian:12-slim AS packages
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/studio
COPY requirements.txt .
RUN python3 -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt \
    && .venv/bin/pip uninstall --yes pip setuptools

FROM docker.io/library/debian:12-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /srv/studio --shell /usr/sbin/nologin studio \
    && install --directory --owner=studio --group=studio /data
WORKDIR /srv/studio
COPY --from=packages /srv/studio/.venv .venv
COPY . .
ENV PATH=/srv/studio/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    BIND=0.0.0.0 PORT=8000 DATA_DIR=/data STATIC_ROOT=/srv/studio/collected
# The one place where static files are written: the containers' file system may be read-only. The key and the
# folder are for this command alone.
RUN DATA_DIR=/tmp/build SECRET_KEY=build PYTHONDONTWRITEBYTECODE= python manage.py collectstatic --no-input \
    && python -m compileall -q accounts astria config packs sandbox studio .venv/lib \
    && rm -rf /tmp/build
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["python", "manage.py", "healthcheck", "web"]
CMD ["gunicorn", "config.wsgi"]
