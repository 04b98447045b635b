"""Floor 8: settings, urls, the Celery app, embedded services and commands that compose several mechanisms."""
