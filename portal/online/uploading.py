"""Taking uploads in: a file beyond the limit is read past and named, and everything else of the form comes through."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest

from core.attachments.storing import size_limit


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Writes a file to disk up to the limit and one byte, so that whoever takes it in sees that it is too large."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.written = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = size_limit() + 1 - self.written
        if room > 0:
            super().receive_data_chunk(raw_data[:room], start)
            self.written += min(room, len(raw_data))

    def file_complete(self, file_size: int) -> Any:
        return super().file_complete(min(file_size, self.written))


def bound_uploads(request: HttpRequest) -> None:
    """Let this request's files pass through the bounded handler; before anything of its body is read."""
    request.upload_handlers = [BoundedUploadHandler(request)]
