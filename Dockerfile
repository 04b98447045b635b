# One image for web, worker, beat and the one-off commands; see docker-compose.yml.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/production.txt /tmp/requirements.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-deps --require-hashes -r /tmp/requirements.txt

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=credit_platform.settings.production \
    STATIC_DIR=/srv/static \
    ATTACHMENTS_DIR=/srv/attachments \
    SMS_SPOOL_DIR=/srv/sms \
    SNAPSHOTS_DIR=/srv/snapshots
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin platform \
    && install -d -o platform -g platform /srv/static /srv/attachments /srv/sms /srv/snapshots /srv/app/var
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/app
COPY . .
USER platform
# Static files need settings but no store: throw-away values, nothing of them stays in the image.
RUN SECRET_KEY=build PERSONAL_KEYS=build REPORT_KEYS=build ALLOWED_HOSTS=build PUBLIC_URL=build \
    DATABASE_URL=postgres://build REDIS_URL=redis://build python manage.py collectstatic --noinput
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "credit_platform.wsgi:application"]
