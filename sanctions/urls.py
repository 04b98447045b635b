"""Pages of the chain outside the workbench: the check page inside an approval system."""

from django.urls import path

from sanctions.embedding.views import check_feedback, check_page

app_name = "sanctions"
urlpatterns = [
    path("checks/pages/feedback", check_feedback, name="check_feedback"),
    path("checks/pages/<str:ticket>", check_page, name="check_page"),
]
