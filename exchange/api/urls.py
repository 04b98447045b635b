"""Doors of the exchange, under /api/v1/."""

from django.urls import path

from exchange.api.changes import ChangesView
from exchange.api.receipts import ReceiptsView
from exchange.api.snapshots import SnapshotFileView, SnapshotsView

urlpatterns = [
    path("exchange/changes", ChangesView.as_view(), name="exchange-changes"),
    path("exchange/receipts", ReceiptsView.as_view(), name="exchange-receipts"),
    path("exchange/snapshots", SnapshotsView.as_view(), name="exchange-snapshots"),
    path("exchange/snapshots/<str:number>/<slug:code>", SnapshotFileView.as_view(), name="exchange-snapshot-file"),
]
