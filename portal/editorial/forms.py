"""Acts on articles as forms of the workbench."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.models import LegalInstrument
from core import clock
from core.actors import Actor
from core.problems import NotFound
from core.text import zh_day
from organizations.acts.fields import DateField, Text, Ticks, UploadField
from organizations.acts.forms import ActForm
from organizations.acts.pages import address
from portal.editorial import rules, services
from portal.editorial.enums import Kind, State
from portal.editorial.models import Article, ArticleFile
from portal.editorial.workflow import ARTICLE
from portal.permissions import ARTICLE_PUBLISH as PUBLISH
from portal.permissions import ARTICLE_WRITE as WRITE

HOW = (
    "空行分段；行首“## ”为小标题，“- ”或“1. ”为列表，“> ”为引文；**文字**加粗；"
    "[文字](/catalogue) 链接到本站页面。不能写 HTML。"
)


class TextForm(ActForm):
    """The text of an article, as it is written and edited."""

    wide = True
    backdatable = False
    kind = forms.ChoiceField(label="栏目", choices=Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="标题", max_length=rules.LONGEST_TITLE)
    summary = Text(label="摘要", rows=2, required=False, max_length=rules.LONGEST_SUMMARY, help_text="留空时取正文开头")
    body = Text(label="正文", rows=18, max_length=rules.LONGEST_BODY, help_text=HOW)
    source = forms.CharField(label="来源", max_length=120, help_text="作出通知、制定政策或者提供案例的单位")
    number = forms.CharField(label="文号", max_length=100, required=False)
    publish_on = DateField(label="发布日", required=False, help_text="留空为审核当天；填写以后的日期，到那一天自动可见")
    instruments = forms.MultipleChoiceField(
        label="所涉法律文件", required=False, widget=Ticks, help_text="只用于政策法规"
    )

    def build(self) -> None:
        rows = LegalInstrument.objects.order_by("code").values_list("code", "title", "number")
        words = [(code, f"{title}（{number}）" if number else title) for code, title, number in rows]
        self.choose_among("instruments", words)

    def text(self) -> rules.Text:
        return rules.Text(**{name: self.cleaned_data[name] for name in rules.Text.__dataclass_fields__})


class WriteArticle(TextForm):
    name, label, permission, button = "write", "起草文章", WRITE, "起草文章"
    lead = "先存为草稿，可以继续修改和上传附件；送审后由另一名人员审核发布。"
    done = "草稿已保存"

    def build(self) -> None:
        super().build()
        self.prefill(kind=Kind.NOTICE)

    def perform(self) -> Article:
        return services.write(actor=self.actor, text=self.text())

    def destination(self, result: Article) -> str:
        return address(result)


class EditArticle(TextForm):
    name, label, permission, workflow, transition = "edit", "修改", WRITE, ARTICLE, "edit"
    done = "修改已保存"

    def build(self) -> None:
        super().build()
        held = services.text_of(self.record, publish_on=self.record.publish_on)
        self.prefill(**{name: getattr(held, name) for name in rules.Text.__dataclass_fields__})

    def perform(self) -> Article:
        return services.edit(actor=self.actor, article=self.record, text=self.text())


class ReviseArticle(TextForm):
    name, label, permission, minor = "revise", "更正", WRITE, True
    lead = "已发布的文章不改写：另写一版，审核后到发布日自动取代旧版，旧地址转到新版。"
    done = "更正稿已保存为草稿"

    @classmethod
    def fits(cls, actor: Actor, record: Article, target: Any) -> bool:
        taken = (State.DRAFT, State.SUBMITTED, State.PASSED)
        return record.state == State.PASSED and not record.editions.filter(state__in=taken).exists()

    def build(self) -> None:
        super().build()
        held = services.text_of(self.record)
        self.prefill(**{name: getattr(held, name) for name in rules.Text.__dataclass_fields__})

    def perform(self) -> Article:
        return services.write(actor=self.actor, text=self.text(), replaces=self.record)

    def destination(self, result: Article) -> str:
        return address(result)


class AddFile(ActForm):
    name, label, permission, workflow, transition = "add-file", "添加附件", WRITE, ARTICLE, "edit"
    done, minor, backdatable = "附件已添加", True, False
    title = forms.CharField(label="名称", max_length=120, help_text="读者看到的名称")
    file = UploadField(label="文件", help_text="公开供下载：PDF、图片、Word、Excel、OFD 或文本，不超过 20 MiB")

    def perform(self) -> ArticleFile:
        data = self.cleaned_data
        return services.add_file(actor=self.actor, article=self.record, attachment=data["file"], title=data["title"])


class RemoveFile(ActForm):
    name, label, permission, workflow, transition = "remove-file", "移除附件", WRITE, ARTICLE, "edit"
    done, danger, targeted, backdatable = "附件已移除", True, True, False

    @classmethod
    def find_target(cls, record: Article, key: str) -> ArticleFile:
        found = record.files.filter(public_id=key).first()
        if found is None:
            raise NotFound("该附件")
        return found

    def perform(self) -> None:
        services.remove_file(actor=self.actor, article=self.record, file=self.target)


class SubmitArticle(ActForm):
    name, label, permission, workflow, transition = "submit", "送审", WRITE, ARTICLE, "submit"
    lead = "送审后不能修改；由另一名人员审核发布，也可以撤回修改。"
    done, backdatable = "已送审，由另一名人员审核", False

    def perform(self) -> Article:
        return services.submit(actor=self.actor, article=self.record)


class TakeBackArticle(ActForm):
    name, label, permission, workflow, transition = "take-back", "撤回修改", WRITE, ARTICLE, "take_back"
    done, minor, backdatable = "已撤回，可以修改", True, False

    def perform(self) -> Article:
        return services.take_back(actor=self.actor, article=self.record)


class ReturnArticle(ActForm):
    name, label, permission, workflow, transition = "return", "退回修改", PUBLISH, ARTICLE, "return"
    done, minor, backdatable, reason_label = "已退回起草人", True, False, "需要修改的地方"

    def perform(self) -> Article:
        return services.send_back(actor=self.actor, article=self.record, **self.when())


class PublishArticle(ActForm):
    name, label, permission, workflow, transition = "publish", "审核发布", PUBLISH, ARTICLE, "publish"
    lead = "核对事实、来源和用语，确认没有个人信息。发布后不再改写，有误的写更正稿或者撤下。"
    backdatable = False
    publish_on = DateField(label="发布日", required=False, help_text="留空为今天；填写以后的日期，到那一天自动可见")

    def build(self) -> None:
        wished = self.record.publish_on
        self.prefill(publish_on=wished if wished and wished >= clock.today() else None)

    @classmethod
    def blocked(cls, actor: Actor, record: Article, target: Any) -> str:
        return "由本人起草或者修改，应由另一名人员审核" if record.written_by_key == actor.key else ""

    def perform(self) -> Article:
        return services.publish(
            actor=self.actor, article=self.record, publish_on=self.cleaned_data["publish_on"], **self.when()
        )

    def success(self, result: Article) -> str:
        return f"已审核，{zh_day(result.publish_on)}起在门户显示"


class WithdrawArticle(ActForm):
    name, label, permission, workflow, transition = "withdraw", "撤下", PUBLISH, ARTICLE, "withdraw"
    lead = "自今天起不再显示，原地址告知已撤下。只是内容有误的，写更正稿。"
    done, danger, minor, backdatable, reason_label = "已撤下", True, True, False, "理由"

    def perform(self) -> Article:
        return services.withdraw(actor=self.actor, article=self.record, **self.when())


class DiscardArticle(ActForm):
    name, label, permission, workflow, transition = "discard", "作废草稿", WRITE, ARTICLE, "discard"
    done, danger, minor, backdatable, reason_label = "草稿已作废", True, True, False, "理由"

    def perform(self) -> Article:
        return services.discard(actor=self.actor, article=self.record, **self.when())


ARTICLE_ACTS: tuple[type[ActForm], ...] = (
    PublishArticle,
    SubmitArticle,
    EditArticle,
    AddFile,
    RemoveFile,
    ReturnArticle,
    TakeBackArticle,
    ReviseArticle,
    WithdrawArticle,
    DiscardArticle,
)
