"""Acts on outside systems: registered for one unit, changed, given a new secret, closed; a secret is shown once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse

from core.actors import Actor
from organizations import rules, services
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm, Group
from organizations.forms.choosing import UnitField, present_units
from organizations.models import ApiClient
from organizations.permissions import CLIENT_MANAGE
from organizations.scopes import known_scopes
from organizations.services.clients import IssuedClient

NO_OVERLAP = "不沿用：原密钥和已发出的令牌立即失效（密钥可能泄露时）"


def open_clients(record: ApiClient) -> bool:
    """Tell whether there is anything left to do on a client."""
    return record.is_active


class Issuing(ActForm):
    """An act whose result is a secret that nobody can read again."""

    permission = CLIENT_MANAGE
    backdatable, result_template = False, "organizations/issued_secret.html"

    def shown(self, result: IssuedClient) -> dict[str, Any]:
        onward = reverse("admin:organizations_apiclient_change", args=[result.client.public_id])
        return {"client": result.client, "secret": result.secret, "onward": onward}


class Scopes(forms.MultipleChoiceField):
    """What the client may call."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"required": "至少选择一项授权范围"}


class LastDay(DateField):
    def __init__(self) -> None:
        super().__init__(label="有效期至", required=False, help_text="当天仍可使用；留空为长期，最长三年")


class OwnLimit(forms.IntegerField):
    def __init__(self) -> None:
        super().__init__(
            label="每分钟请求上限",
            required=False,
            min_value=1,
            max_value=rules.CLIENT_MOST_REQUESTS,
            help_text="留空为平台统一上限；响应头 RateLimit-* 按此数给出",
        )


class Signed(forms.BooleanField):
    def __init__(self) -> None:
        super().__init__(label="请求须签名", required=False, help_text="未签名或签名不对的请求一律拒绝（SM3-HMAC）")


class RegisterClient(Issuing):
    name, label = "register", "登记接口客户端"
    lead = "一个外部系统登记一个客户端，只代表所选单位、只在授权范围内访问。密钥只显示一次。"
    note_label = "说明"
    aliases = {"name": "title", "successor": "organization"}
    organization = UnitField(label="所属单位")
    title = forms.CharField(label="系统名称", max_length=100, help_text="如“不动产登记系统”")
    scopes = Scopes(label="授权范围")
    expires_on = LastDay()
    requests_per_minute = OwnLimit()
    signature_required = Signed()
    sandbox = forms.BooleanField(
        label="沙箱", required=False, help_text="只能见到演示数据，供联调；登记后不能改为正式，正式接入另行登记"
    )
    layout = (
        Group("系统", ("organization", "title", "sandbox")),
        Group("授权", ("scopes", ("expires_on", "requests_per_minute"), "signature_required")),
    )

    def build(self) -> None:
        present_units(self)
        self.choose_among("scopes", known_scopes().items())

    def perform(self) -> IssuedClient:
        data = dict(self.cleaned_data)
        return services.register_api_client(actor=self.actor, name=data.pop("title"), **data)

    def success(self, result: IssuedClient) -> str:
        return "客户端已登记"


class ChangeClient(ActForm):
    name, label, permission = "change", "调整授权", CLIENT_MANAGE
    lead = "调整立即生效，已发出的令牌同样受限。"
    done, backdatable, reason_label = "已调整", False, "理由"
    scopes = Scopes(label="授权范围")
    expires_on = LastDay()
    requests_per_minute = OwnLimit()
    signature_required = Signed()
    layout = (Group("授权", ("scopes", ("expires_on", "requests_per_minute"), "signature_required")),)

    @classmethod
    def fits(cls, actor: Actor, record: ApiClient, target: Any) -> bool:
        return open_clients(record)

    def build(self) -> None:
        self.choose_among("scopes", known_scopes().items())
        self.prefill(
            scopes=self.record.scopes,
            expires_on=self.record.expires_on,
            requests_per_minute=self.record.requests_per_minute,
            signature_required=self.record.signature_required,
        )

    def perform(self) -> ApiClient:
        return services.change_api_client(actor=self.actor, client=self.record, **self.cleaned_data)


class RotateSecret(Issuing):
    name, label = "rotate", "更换密钥"
    lead = "新密钥只显示一次，取令牌和签名都用它。原密钥可以沿用一段时间，供对方系统切换。"
    reason_label = "理由"
    overlap_hours = forms.TypedChoiceField(
        label="原密钥",
        coerce=int,
        required=False,
        choices=[
            (hours, f"再沿用 {hours // 24} 天（有计划的更换）" if hours else NO_OVERLAP)
            for hours in rules.OVERLAP_HOURS
        ],
        widget=forms.RadioSelect,
        initial=0,
    )

    @classmethod
    def fits(cls, actor: Actor, record: ApiClient, target: Any) -> bool:
        return open_clients(record)

    def perform(self) -> IssuedClient:
        data = self.cleaned_data
        return services.rotate_client_secret(
            actor=self.actor, client=self.record, reason=data["reason"], overlap_hours=data["overlap_hours"] or 0
        )

    def success(self, result: IssuedClient) -> str:
        return "密钥已更换"


class CloseClient(ActForm):
    name, label, permission = "close", "停用", CLIENT_MANAGE
    lead = "停用后该系统不能再取得令牌，已发出的令牌立即失效；办理过的记录都保留。需要恢复的，重新登记。"
    done, danger, backdatable, reason_label = "已停用", True, False, "理由"

    @classmethod
    def fits(cls, actor: Actor, record: ApiClient, target: Any) -> bool:
        return open_clients(record)

    def perform(self) -> ApiClient:
        return services.close_api_client(actor=self.actor, client=self.record, reason=self.cleaned_data["reason"])


CLIENT_ACTS: Sequence[type[ActForm]] = (ChangeClient, RotateSecret, CloseClient)
