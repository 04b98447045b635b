"""信用动态 of the demo city: notices, a policy and cases, written by one officer, passed by another, one still to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from core import clock
from credit_platform.story.stage import Stage
from portal.editorial import services
from portal.editorial.models import Article
from portal.editorial.rules import Text
from portal.tips import services as handed
from portal.tips.rules import TipText

# writer, working days ago, text; the last is passed today for a day to come.
ARTICLES: tuple[tuple[str, int, Text], ...] = (
    (
        "office-1",
        24,
        Text(
            kind="policy",
            title="关于进一步完善失信约束制度的要求（示例摘编）",
            source="联席会议办公室摘编（示例）",
            number="国办发〔2020〕49号",
            summary="信用信息的纳入、严重失信主体名单的认定和失信惩戒措施，都要有法律、法规或者党中央、国务院政策文件依据。",
            instruments=("guobanfa-2020-49", "sichuan-xinyong"),
            body="本篇为演示摘编，以文件原文为准。\n\n"
            "## 一、什么可以纳入\n\n"
            "公共信用信息的纳入范围实行目录制管理。没有列入目录的，不得归集、共享和公开。\n\n"
            "## 二、谁可以认定\n\n"
            "- 严重失信主体名单的设列，以法律、法规或者党中央、国务院政策文件为依据。\n"
            "- 认定之前告知当事人，听取陈述申辩；认定书写明事由、依据、惩戒提示、移出条件和程序、救济途径。\n\n"
            "## 三、可以采取哪些措施\n\n"
            "惩戒措施实行清单制管理，过惩相当，不得小过重惩，不得在清单之外另设。本市现行的事项和措施见[目录清单](/catalogue)。\n\n"
            "## 四、当事人的权利\n\n"
            "> 认为不对的，可以提出异议；已经改正的，可以申请修复；也可以依法申请行政复议、提起行政诉讼。",
        ),
    ),
    (
        "office-1",
        16,
        Text(
            kind="notice",
            title="关于目录清单对外公布并接受查询的公告（示例）",
            source="联席会议办公室（示例）",
            body="广元市失信惩戒和守信激励联合奖惩事项目录清单已经在本网站公布（演示）。\n\n"
            "1. 可以按[今天](/catalogue)查看，也可以按任何一天查看当日有效的事项。\n"
            "2. 每个事项写明依据的法律和条款、实施的措施和单位、期限和移出条件。\n"
            "3. 目录清单之外，任何单位不得实施联合奖惩。\n\n"
            "发现清单与法律、法规不一致的，请书面告知联席会议办公室。",
        ),
    ),
    (
        "rsj-handler",
        11,
        Text(
            kind="case",
            title="补发工资、按期改正：一家劳务企业怎样走完修复（示例）",
            source="市人力资源和社会保障局（示例）",
            summary="被责令改正后足额补发工资，留好凭证，期限一到就申请，材料齐全的一次办成。",
            body="本案例为演示编写，不涉及任何真实企业和个人。\n\n"
            "## 发生了什么\n\n"
            "某建筑劳务企业拖欠农民工工资，经责令限期支付仍未支付，经告知和认定后列入失信惩戒名单。\n\n"
            "## 怎样改正\n\n"
            "- 在责令期限之后一个月内足额补发工资，取得支付凭证；\n"
            "- 建立工资专用账户和实名制考勤，主管部门复查合格；\n"
            "- 作出信用承诺，向社会公开。\n\n"
            "## 怎样修复\n\n"
            "达到规定的最短期限后，企业向作出认定的单位提交申请、支付凭证和信用承诺。单位核实后同意修复，结果公布当天移出名单，"
            "各单位停止实施措施。**全程没有收取任何费用。**\n\n"
            "## 可以借鉴\n\n"
            "主体页上写明了最早可以申请的那一天和为什么是那一天；先把凭证备齐，到期申请，不必托人，也不要相信“花钱删除”。",
        ),
    ),
    (
        "office-1",
        5,
        Text(
            kind="notice",
            title="关于开展双公示质量抽查的通知（示例）",
            source="联席会议办公室（示例）",
            number="示例〔2026〕3号",
            body="各成员单位：\n\n"
            "为提高行政许可和行政处罚信息公示的质量，决定开展一次抽查（演示）。\n\n"
            "## 一、范围和方法\n\n"
            "从上月已公示的记录中随机抽取，与决定文书逐项比对。抽取的种子公开，任何人可以复算。\n\n"
            "## 二、看什么\n\n"
            "- 作出决定之日起 7 个工作日内是否公示；\n"
            "- 公示的内容与文书是否一致；\n"
            "- 是否公开了依法不得公开的个人信息。\n\n"
            "## 三、结果\n\n"
            "结果在[信用统计](/statistics)和工作台公布。有误的，自发现之日起及时更正。",
        ),
    ),
)
COMING = Text(
    kind="notice",
    title="关于公布上月双公示及时率的通知（示例，定期发布）",
    source="联席会议办公室（示例）",
    body="上月各单位双公示及时率见[信用统计](/statistics)（演示）。",
)
WAITING = Text(
    kind="case",
    title="守信激励怎样享受便利（示例，待审核）",
    source="市市场监督管理局（示例）",
    body="列入守信激励名单的企业，在办理许可、参加评优时享受目录清单写明的便利（演示）。",
)
WAITS = timedelta(days=7)


def articles(stage: Stage) -> None:
    """Publish what is past; leave one that waits for its day, and one that waits for its second officer."""
    for username, days, text in ARTICLES:
        with stage.on(stage.working_day_back(days)):
            _published(stage, username, text)
    with stage.on(clock.today()):
        _published(stage, "office-1", COMING, clock.today() + WAITS)
        who = stage.actor("scjgj-handler")
        waiting = services.write(actor=who, text=_of_round(stage, WAITING))
        services.submit(actor=who, article=waiting)
        stage.note(who, "article.submit", waiting)


def voices(stage: Stage) -> None:
    """Hand in a comment that is passed and one that waits, a tip that is answered and one that is to be passed on."""
    case = Article.objects.public_on(clock.today()).filter(kind="case").order_by("-pk")[0]
    with stage.on(stage.working_day_back(3)):
        first = handed.file_comment(
            actor=handed.PUBLIC,
            article=case,
            text="步骤写得清楚，照着准备材料就行。",
            nickname="示例读者",
            form=f"demo-{stage.round}-1",
        )
        handed.file_comment(
            actor=handed.PUBLIC,
            article=case,
            text="最早可以申请的日期在哪里看？",
            nickname="",
            form=f"demo-{stage.round}-2",
        )
        tip = handed.file_tip(
            actor=handed.PUBLIC,
            tip=TipText("示例嘉陵食品有限公司", "六月以来门店多次出售超过保质期的糕点，购物小票可以核对（示例）。"),
            form=f"demo-{stage.round}-3",
        )
        handed.file_tip(
            actor=handed.PUBLIC,
            tip=TipText("示例南河建筑工程有限公司", "工地没有公示工资专户信息，工友不知道向谁反映（示例）。"),
            form=f"demo-{stage.round}-4",
        )
    with stage.on(stage.working_day_back(2)):
        who = stage.actor("rsj-reviewer")
        shown = handed.show(actor=who, comment=first.record, reply="谢谢，日期在主体页的时间线上。（示例）")
        stage.note(who, "comment.show", shown)
        window = stage.actor("window")
        handed.forward(actor=window, tip=tip.record, unit=stage.unit("scjgj"))
        who = stage.actor("scjgj-handler")
        answered = handed.answer(
            actor=who, tip=tip.record, text="已现场检查并抽样，依法立案，结果将在双公示公开（示例）。"
        )
        stage.note(who, "tip.answer", answered)


def _published(stage: Stage, username: str, text: Text, publish_on: date | None = None) -> None:
    who = stage.actor(username)
    article = services.write(actor=who, text=_of_round(stage, text))
    services.submit(actor=who, article=article)
    stage.note(who, "article.submit", article)
    second = stage.actor("office-2")
    article = services.publish(actor=second, article=article, publish_on=publish_on)
    stage.note(second, "article.publish", article)


def _of_round(stage: Stage, text: Text) -> Text:
    return text if stage.round == 1 else replace(text, title=f"{text.title}（第{stage.round}场）")
