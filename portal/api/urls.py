"""Doors of the public API, under /api/v1/."""

from django.urls import path

from portal.api.catalogue import CatalogueView
from portal.api.disclosures import DisclosuresView, DisclosureView
from portal.api.listings import ListingsView
from portal.api.open_data import OpenDataFileView, OpenDataView
from portal.api.reports import ReportView
from portal.api.subjects import SubjectDetail, SubjectSearch

urlpatterns = [
    path("public/subjects", SubjectSearch.as_view(), name="public-subjects"),
    path("public/subjects/<str:code>", SubjectDetail.as_view(), name="public-subject"),
    path("public/disclosures", DisclosuresView.as_view(), name="public-disclosures"),
    path("public/disclosures/<str:public_id>", DisclosureView.as_view(), name="public-disclosure"),
    path("public/listings", ListingsView.as_view(), name="public-listings"),
    path("public/catalogue", CatalogueView.as_view(), name="public-catalogue"),
    path("public/reports/<str:number>", ReportView.as_view(), name="public-report"),
    path("public/open-data", OpenDataView.as_view(), name="public-open-data"),
    path("public/open-data/<slug:dataset>", OpenDataFileView.as_view(), name="public-open-data-file"),
]
