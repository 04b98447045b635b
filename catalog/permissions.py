"""What may be done to the catalogue and by which roles: units draft and submit, the office keeps it."""

from __future__ import annotations

from organizations.enums import Role

REVISION_READ_ALL = "catalog.revision.read_all"
REVISION_DRAFT = "catalog.revision.draft"
REVISION_SUBMIT = "catalog.revision.submit"
REVISION_COMPILE = "catalog.revision.compile"
REVISION_COMMENT = "catalog.revision.comment"
REVISION_REVIEW = "catalog.revision.review"
REVISION_PUBLISH = "catalog.revision.publish"
REVISION_WITHDRAW = "catalog.revision.withdraw"
REVISION_ACTIVATE = "catalog.revision.activate"
REVISION_DRAFT_ANY = "catalog.revision.draft_any"
CITATION_VERIFY = "catalog.citation.verify"
INSTRUMENT_MANAGE = "catalog.instrument.manage"
EDITION_MAKE = "catalog.edition.make"
IMPACT_READ = "catalog.impact.read"
WORKBOOK_EXPORT = "catalog.workbook.export"
REFERENCE_LOAD = "catalog.reference.load"

PERMISSIONS = {
    REVISION_READ_ALL: "查看全部清单版本",
    REVISION_DRAFT: "起草清单事项",
    REVISION_SUBMIT: "审核并报送清单事项",
    REVISION_COMPILE: "汇编清单事项、组织征求意见",
    REVISION_COMMENT: "反馈清单意见",
    REVISION_REVIEW: "审核清单事项",
    REVISION_PUBLISH: "发布清单事项",
    REVISION_WITHDRAW: "撤回清单事项",
    REVISION_ACTIVATE: "确认启用清单事项",
    REVISION_DRAFT_ANY: "代各单位起草清单事项",
    CITATION_VERIFY: "核对法律依据",
    INSTRUMENT_MANAGE: "维护法律文件与条款",
    EDITION_MAKE: "编制清单版次",
    IMPACT_READ: "查看影响预览",
    WORKBOOK_EXPORT: "导出清单",
    REFERENCE_LOAD: "装载清单参考数据",
}

_UNIT = [REVISION_COMMENT, IMPACT_READ, WORKBOOK_EXPORT]
_OFFICE = [
    REVISION_READ_ALL,
    REVISION_DRAFT,
    REVISION_DRAFT_ANY,
    REVISION_SUBMIT,
    REVISION_COMPILE,
    REVISION_REVIEW,
    REVISION_PUBLISH,
    REVISION_WITHDRAW,
    REVISION_ACTIVATE,
    CITATION_VERIFY,
    INSTRUMENT_MANAGE,
    EDITION_MAKE,
]

GRANTS: dict[str, list[str]] = {
    Role.HANDLER.value: [*_UNIT, REVISION_DRAFT],
    Role.REVIEWER.value: [*_UNIT, REVISION_SUBMIT],
    Role.DISTRICT_CREDIT.value: _UNIT,
    Role.GROUP_LEAD.value: [*_UNIT, REVISION_READ_ALL],
    Role.OFFICE.value: [*_UNIT, *_OFFICE],
    Role.SYSTEM_ADMIN.value: [REFERENCE_LOAD],
    Role.AUDIT_ADMIN.value: [REVISION_READ_ALL],
}
