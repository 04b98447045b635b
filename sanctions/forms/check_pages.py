"""Acts on the origins in which a client may show the check page."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from organizations.acts.forms import ActForm
from organizations.enums import ClientScope
from organizations.models import ApiClient
from organizations.permissions import CLIENT_MANAGE
from sanctions.embedding import origins, rules
from sanctions.models import CheckPageOrigin


class ClientField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.organization.name}）"


class RegisterOrigin(ActForm):
    name, label, permission = "register", "登记核查页面来源", CLIENT_MANAGE
    lead = "审批系统不能调用接口的，可以在自己的页面里显示信用广元的核查页面。只有登记的来源可以显示它、收到它的结果。"
    done = "来源已登记"
    backdatable = False
    note_label = "说明"
    client = ClientField(ApiClient.objects.none(), label="接口客户端", to_field_name="public_id", empty_label="请选择")
    origin = forms.CharField(
        label="来源", max_length=rules.LONGEST, help_text="协议、主机和端口，如 https://spj.example.gov.cn；不含路径"
    )

    def build(self) -> None:
        field: Any = self.fields["client"]
        able = ApiClient.objects.filter(is_active=True, scopes__contains=[ClientScope.CHECKS.value])
        field.queryset = able.select_related("organization").order_by("organization__sort", "name")

    def perform(self) -> CheckPageOrigin:
        data = self.cleaned_data
        return origins.register_origin(
            actor=self.actor, client=data["client"], origin=data["origin"], reason=data["reason"]
        )


class CloseOrigin(ActForm):
    name, label, permission = "close", "停用来源", CLIENT_MANAGE
    lead = "停用后，该来源不能再显示核查页面；已经交接还没有打开的地址同时失效。"
    done, danger, backdatable, reason_label = "来源已停用", True, False, "理由"

    @classmethod
    def fits(cls, actor: Actor, record: CheckPageOrigin, target: Any) -> bool:
        return record.closed_on is None

    def perform(self) -> CheckPageOrigin:
        return origins.close_origin(actor=self.actor, origin=self.record, reason=self.cleaned_data["reason"])
