"""Give a file out: streamed, always as a download, never interpreted, never cached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from core.actors import Actor
from core.attachments.storing import PIECE, open_attachment
from core.models.attachments import Attachment
from core.problems import NotFound


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


def serve(attachment: Attachment) -> StreamingHttpResponse:
    """Return the file as a download under its own name; who may have it was decided by the caller."""
    response = StreamingHttpResponse(_pieces(open_attachment(attachment)), content_type=attachment.content_type)
    response["Content-Length"] = str(attachment.size)
    response["Content-Disposition"] = content_disposition_header(True, attachment.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def serving_view(
    visible_to: Callable[[Actor], QuerySet[Attachment]],
) -> Callable[..., StreamingHttpResponse]:
    """Return a view `(request, public_id)` that serves what `visible_to(actor)` holds; anything else does not exist."""

    @require_safe
    def view(request: HttpRequest, public_id: str) -> StreamingHttpResponse:
        attachment = visible_to(request.actor).filter(public_id=public_id).first()  # type: ignore[attr-defined]
        if attachment is None:
            raise NotFound("附件")
        return serve(attachment)

    return view
