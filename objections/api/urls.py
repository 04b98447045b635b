"""Doors of objections and complaints, under /api/v1/."""

from django.urls import path

from objections.api import views

urlpatterns = [
    path("public/objections", views.ObjectionsView.as_view(), name="public-objections"),
    path("public/objections/<str:number>", views.ObjectionFollowView.as_view(), name="public-objection"),
    path("public/objections/<str:number>/papers", views.ObjectionPapersView.as_view(), name="public-objection-papers"),
    path(
        "public/objections/<str:number>/withdrawal",
        views.ObjectionWithdrawalView.as_view(),
        name="public-objection-withdrawal",
    ),
    path(
        "public/objections/<str:number>/complaints",
        views.ObjectionComplaintsView.as_view(),
        name="public-objection-complaints",
    ),
    path("public/complaints/<str:number>", views.ComplaintFollowView.as_view(), name="public-complaint"),
    path("public/complaints/<str:number>/papers", views.ComplaintPapersView.as_view(), name="public-complaint-papers"),
    path(
        "public/complaints/<str:number>/withdrawal",
        views.ComplaintWithdrawalView.as_view(),
        name="public-complaint-withdrawal",
    ),
]
