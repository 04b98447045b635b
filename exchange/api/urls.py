"""Doors of the exchange, under /api/v1/."""

from django.urls import path

from exchange.api import downflow
from exchange.api.changes import ChangesView
from exchange.api.receipts import ReceiptsView
from exchange.api.snapshots import SnapshotFileView, SnapshotsView

urlpatterns = [
    path("exchange/changes", ChangesView.as_view(), name="exchange-changes"),
    path("exchange/receipts", ReceiptsView.as_view(), name="exchange-receipts"),
    path("exchange/snapshots", SnapshotsView.as_view(), name="exchange-snapshots"),
    path("exchange/snapshots/<str:number>/<slug:code>", SnapshotFileView.as_view(), name="exchange-snapshot-file"),
    path("exchange/lists", downflow.ListsView.as_view(), name="lists"),
    path("exchange/lists/<str:batch>", downflow.ListView.as_view(), name="list"),
    path("exchange/lists/<str:batch>/parts/<int:part>", downflow.ListPartView.as_view(), name="list-part"),
    path("exchange/lists/<str:batch>/complete", downflow.ListCompletionView.as_view(), name="list-complete"),
    path("exchange/lists/<str:batch>/rows", downflow.ListRowsView.as_view(), name="list-rows"),
]
