"""What may be done with what the portal keeps, and by which roles."""

from __future__ import annotations

ISSUE = "portal.report.issue"
WITHDRAW = "portal.report.withdraw"
ARTICLE_WRITE, ARTICLE_PUBLISH = "portal.article.write", "portal.article.publish"
ARTICLE_READ_ALL = "portal.article.see_all"
TIP_FILE, TIP_FORWARD, TIP_ANSWER = "portal.tip.file", "portal.tip.forward", "portal.tip.answer"
TIP_SEE_ALL, TIP_CONTACT = "portal.tip.see_all", "portal.tip.contact"
TIP_RENEW = "portal.tip.renew_secret"
PERSONAL = "portal.report.personal"
MODERATE, MODERATE_ALL = "portal.comment.moderate", "portal.comment.moderate_all"

PERMISSIONS = {
    ISSUE: "出具信用报告",
    WITHDRAW: "作废信用报告",
    PERSONAL: "在窗口出具本人信用报告",
    ARTICLE_WRITE: "起草门户文章",
    ARTICLE_PUBLISH: "审核、撤下门户文章",
    ARTICLE_READ_ALL: "查看各单位的门户文章",
    TIP_FILE: "提交线索和评论",
    TIP_FORWARD: "转办线索、不予受理",
    TIP_ANSWER: "核查并答复线索",
    TIP_CONTACT: "查看线索联系电话",
    TIP_SEE_ALL: "查看全市线索",
    TIP_RENEW: "补发线索查询码",
    MODERATE: "审核案例评论",
    MODERATE_ALL: "审核各单位案例的评论",
}
_ANSWERING = [TIP_ANSWER, TIP_CONTACT, TIP_RENEW, MODERATE]
GRANTS = {
    "window": [ISSUE, PERSONAL, TIP_FORWARD, TIP_RENEW],
    "district_credit": [ISSUE, PERSONAL, ARTICLE_WRITE],
    "handler": [ARTICLE_WRITE, *_ANSWERING],
    "reviewer": [ARTICLE_WRITE, *_ANSWERING],
    "group_lead": [ARTICLE_WRITE, *_ANSWERING],
    "office": [
        ISSUE,
        WITHDRAW,
        ARTICLE_WRITE,
        ARTICLE_PUBLISH,
        ARTICLE_READ_ALL,
        *_ANSWERING,
        TIP_FORWARD,
        TIP_SEE_ALL,
        MODERATE_ALL,
    ],
}
