"""Doors of repair, under /api/v1/."""

from django.urls import path

from repair.api.views import GuideView, RepairsView, RepairView, WithdrawalView

urlpatterns = [
    path("public/repairs", RepairsView.as_view(), name="public-repairs"),
    path("public/repairs/guide", GuideView.as_view(), name="public-repair-guide"),
    path("public/repairs/<str:receipt>", RepairView.as_view(), name="public-repair"),
    path("public/repairs/<str:receipt>/withdrawal", WithdrawalView.as_view(), name="public-repair-withdrawal"),
]
