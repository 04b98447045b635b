"""Acts on outside systems: registered for one unit, given a new secret, closed; a secret is shown once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse

from core.actors import Actor
from organizations import services
from organizations.acts.forms import ActForm
from organizations.forms.choosing import UnitField, present_units
from organizations.models import ApiClient
from organizations.permissions import CLIENT_MANAGE
from organizations.scopes import known_scopes
from organizations.services.clients import IssuedClient


class Issuing(ActForm):
    """An act whose result is a secret that nobody can read again."""

    permission = CLIENT_MANAGE
    backdatable, result_template = False, "organizations/issued_secret.html"

    def shown(self, result: IssuedClient) -> dict[str, Any]:
        onward = reverse("admin:organizations_apiclient_change", args=[result.client.public_id])
        return {"client": result.client, "secret": result.secret, "onward": onward}


class RegisterClient(Issuing):
    name, label = "register", "登记接口客户端"
    lead = "一个外部系统登记一个客户端，只代表所选单位、只在授权范围内访问。密钥只显示一次。"
    note_label = "说明"
    aliases = {"name": "title", "successor": "organization"}
    organization = UnitField(label="所属单位")
    title = forms.CharField(label="系统名称", max_length=100, help_text="如“不动产登记系统”")
    scopes = forms.MultipleChoiceField(
        label="授权范围",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少选择一项授权范围"},
    )

    def build(self) -> None:
        present_units(self)
        self.choose_among("scopes", known_scopes().items())

    def perform(self) -> IssuedClient:
        data = dict(self.cleaned_data)
        return services.register_api_client(actor=self.actor, name=data.pop("title"), **data)

    def success(self, result: IssuedClient) -> str:
        return "客户端已登记"


class RotateSecret(Issuing):
    name, label = "rotate", "更换密钥"
    lead = "原密钥立即失效，使用原密钥的系统不能再取得令牌。新密钥只显示一次。"
    reason_label = "理由"

    @classmethod
    def fits(cls, actor: Actor, record: ApiClient, target: Any) -> bool:
        return record.is_active

    def perform(self) -> IssuedClient:
        return services.rotate_client_secret(actor=self.actor, client=self.record, reason=self.cleaned_data["reason"])

    def success(self, result: IssuedClient) -> str:
        return "密钥已更换"


class CloseClient(ActForm):
    name, label, permission = "close", "停用", CLIENT_MANAGE
    lead = "停用后该系统不能再取得令牌；办理过的记录都保留。需要恢复的，重新登记。"
    done, danger, backdatable, reason_label = "已停用", True, False, "理由"

    @classmethod
    def fits(cls, actor: Actor, record: ApiClient, target: Any) -> bool:
        return record.is_active

    def perform(self) -> ApiClient:
        return services.close_api_client(actor=self.actor, client=self.record, reason=self.cleaned_data["reason"])


CLIENT_ACTS: Sequence[type[ActForm]] = (RotateSecret, CloseClient)
