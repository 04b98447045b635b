"""What an officer changes for himself."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import check_password
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from unfold.forms import AdminOwnPasswordChangeForm

from core.problems import Problem
from organizations import services, sessions
from organizations.models import Officer
from organizations.selectors import actor_for


@require_POST
@login_required
def switch_assignment(request: HttpRequest) -> HttpResponse:
    """Act under another of one's current assignments, then go back."""
    try:
        chosen = sessions.choose_assignment(request, request.POST.get("assignment", ""))
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"已切换到：{chosen.organization.short_name} {chosen.get_role_display()}")
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if allowed else "admin:index")


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """Django's form; the write goes through the service."""

    user: Officer

    def clean(self) -> dict[str, Any] | None:
        """Say at the field that the password now in use is no new one; the service refuses it too."""
        cleaned = super().clean()
        new = self.cleaned_data.get("new_password1")
        if new and check_password(new, self.user.password):
            self.add_error("new_password1", "新密码与现用密码相同，请更换")
        return cleaned

    def save(self, commit: bool = True) -> Any:
        self.user = services.set_password(
            actor=actor_for(self.user), officer=self.user, password=self.cleaned_data["new_password1"]
        )
        return self.user


class OwnPasswordView(PasswordChangeView):
    """Change one's own password; the session goes on."""

    form_class = OwnPasswordForm
    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("admin:password_change_done")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **admin.site.each_context(self.request)}
