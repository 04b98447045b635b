"""Doors of the officer's own: the assignment switch and the password."""

from __future__ import annotations

from django.urls import path

from organizations import views

app_name = "organizations"
urlpatterns = [
    path("admin/assignment/", views.switch_assignment, name="switch-assignment"),
    path("admin/password_change/", views.OwnPasswordView.as_view(), name="own-password"),
]
