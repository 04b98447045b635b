"""What the database itself refuses in repair, whoever writes."""

from __future__ import annotations

from core.guards import dated_guard
from repair.workflow import APPLICATION as TABLE
from repair.workflow import SHIELD as SHIELDS

FILED = (
    "kind", "listing_id", "penalty_id", "subject_id",
    "channel", "unit_id", "received_by_unit_id", "via", "applicant_name", "applicant_role",
    "applicant_number_id", "statement", "commitment", "corrected_on", "received_on", "public_id",
)  # fmt: skip
APPLICATION = """
CREATE OR REPLACE FUNCTION repair_guard_application() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    fixed text[] := ARRAY[{FILED}];
    owner bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '修复申请不得删除' USING ERRCODE = 'CR502', HINT = '申请人可以撤回';
    END IF;
    SELECT coalesce(subject.canonical_id, subject.id) INTO owner FROM subjects_subject subject
     WHERE subject.id = NEW.subject_id;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'received' THEN
            RAISE EXCEPTION '修复申请从收件开始' USING ERRCODE = 'CR501', HINT = '逐步办理';
        END IF;
        IF NEW.penalty_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM sanctions_listing listing WHERE listing.id = NEW.listing_id
               AND listing.subject_id = NEW.subject_id
               AND listing.polarity = 'discipline' AND listing.starts_on <= NEW.received_on) THEN
            RAISE EXCEPTION '只有已经生效的失信惩戒可以申请修复' USING ERRCODE = 'CR503', HINT = '核对所要修复的记录';
        END IF;
        IF NEW.penalty_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM publicity_penalty penalty WHERE penalty.id = NEW.penalty_id
               AND penalty.subject_id = NEW.subject_id
               AND penalty.visible_from <= NEW.received_on) THEN
            RAISE EXCEPTION '只有正在公示的行政处罚可以申请终止公示' USING ERRCODE = 'CR503', HINT = '核对所要修复的记录';
        END IF;
        IF EXISTS (SELECT 1 FROM repair_bar bar JOIN subjects_subject subject ON subject.id = bar.subject_id
                    WHERE coalesce(subject.canonical_id, subject.id) = owner
                      AND NEW.received_on BETWEEN bar.from_on AND bar.until) THEN
            RAISE EXCEPTION '因撤销修复，主体在限制期内不得申请' USING ERRCODE = 'CR504', HINT = '限制期满后再申请';
        END IF;
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(fixed) AS f(name)
                WHERE to_jsonb(OLD) -> f.name IS DISTINCT FROM to_jsonb(NEW) -> f.name) THEN
        RAISE EXCEPTION '申请内容不得变更' USING ERRCODE = 'CR502', HINT = '补充材料另行提交；内容有误的撤回后重新申请';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({PAIRS}) THEN
        RAISE EXCEPTION '修复申请不能从“%”变为“%”', OLD.state, NEW.state
            USING ERRCODE = 'CR501', HINT = '按办理环节逐步办理';
    END IF;
    IF NEW.state IN ('accepted', 'forwarded') AND OLD.state = 'received' AND NOT (
        EXISTS (SELECT 1 FROM repair_material m WHERE m.application_id = NEW.id AND m.kind = 'performance')
        AND (NEW.commitment <> '' OR EXISTS (
             SELECT 1 FROM repair_material m WHERE m.application_id = NEW.id AND m.kind = 'commitment'))) THEN
        RAISE EXCEPTION '没有纠正证明或者信用承诺书，不得受理' USING ERRCODE = 'CR505', HINT = '由申请人补齐材料';
    END IF;
    IF NEW.state = 'opined' AND NEW.opinion = 'approve' AND NOT coalesce((
        SELECT v.corrected AND v.materials_true FROM repair_verification v
         WHERE v.application_id = NEW.id ORDER BY v.id DESC LIMIT 1), false) THEN
        RAISE EXCEPTION '未核实已纠正，不得拟同意' USING ERRCODE = 'CR506', HINT = '先记录核实情况';
    END IF;
    IF (OLD.state <> NEW.state) AND ((NEW.state = 'approved' AND NEW.opinion <> 'approve')
       OR (NEW.state = 'rejected' AND OLD.state = 'opined' AND NEW.opinion <> 'reject')) THEN
        RAISE EXCEPTION '签发与拟办意见不一致' USING ERRCODE = 'CR506', HINT = '退回重拟';
    END IF;
    RETURN NEW;
END $body$;
"""
APPLICATION_TRIGGER = """
CREATE TRIGGER repair_guard BEFORE INSERT OR UPDATE OR DELETE ON repair_application
    FOR EACH ROW EXECUTE FUNCTION repair_guard_application();
"""

# Records of one moment: written once, in the stage they belong to, never changed afterwards.
PART = """
CREATE FUNCTION repair_guard_part() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE stage text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION '% 形成后不得变更', TG_TABLE_NAME USING ERRCODE = 'CR502', HINT = '另行记录';
    END IF;
    SELECT state INTO stage FROM repair_application WHERE id = NEW.application_id;
    IF NOT stage = ANY (string_to_array(TG_ARGV[0], ' ')) THEN
        RAISE EXCEPTION '申请处于“%”，不能办理 %', stage, TG_TABLE_NAME
            USING ERRCODE = 'CR501', HINT = '该内容只能在相应的办理环节形成';
    END IF;
    RETURN NEW;
END $body$;

CREATE FUNCTION repair_guard_revocation() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE kept text[] := ARRAY['revoked_on', 'revoked_by_key'];
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.revoked_on IS NOT NULL
       OR to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept)) THEN
        RAISE EXCEPTION '撤销修复的记录不得变更' USING ERRCODE = 'CR502', HINT = '由另一名审核人员签发';
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.revoked_on IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM repair_application a WHERE a.id = NEW.application_id AND a.state IN ('approved', 'published'))) THEN
        RAISE EXCEPTION '只有已同意或者已公布的修复可以撤销' USING ERRCODE = 'CR501', HINT = '核对修复决定书';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER repair_guard BEFORE INSERT OR UPDATE OR DELETE ON repair_revocation
    FOR EACH ROW EXECUTE FUNCTION repair_guard_revocation();

CREATE FUNCTION repair_guard_bar() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP <> 'INSERT' OR NOT EXISTS (SELECT 1 FROM repair_revocation r WHERE r.id = NEW.revocation_id
                                         AND r.revoked_on = NEW.from_on) THEN
        RAISE EXCEPTION '限制申请只随撤销修复产生，不得变更' USING ERRCODE = 'CR502', HINT = '先办理撤销修复';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER repair_guard BEFORE INSERT OR UPDATE OR DELETE ON repair_bar
    FOR EACH ROW EXECUTE FUNCTION repair_guard_bar();
"""

SHIELD = """
CREATE FUNCTION repair_guard_shield() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE kept text[] := ARRAY['state', 'to_on', 'completion_id', 'completed_on', 'confirmed_by_key'];
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept) THEN
        RAISE EXCEPTION '裁定登记内容不得变更' USING ERRCODE = 'CR502', HINT = '登记有误的不予复核后重新登记';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({PAIRS}) THEN
        RAISE EXCEPTION '不能从“%”变为“%”', OLD.state, NEW.state USING ERRCODE = 'CR501', HINT = '按环节办理';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER repair_guard BEFORE INSERT OR UPDATE OR DELETE ON repair_shield
    FOR EACH ROW EXECUTE FUNCTION repair_guard_shield();
"""

# Terms were counted by a confirmed row.
REFERENCE = dated_guard(
    "repair_guard_reference",
    "repair_guard",
    ("repair_regime", "repair_entryterm"),
    noun="规则",
    code="CR507",
    hint="提出新规则，由另一名系统管理员复核",
)
PARTS = (
    ("material", "received accepted forwarded"),
    ("verification", "verified"),
    ("extension", "accepted"),
    ("sourceresult", "forwarded"),
)
PART_TRIGGERS = "\n".join(
    f"CREATE TRIGGER repair_guard BEFORE INSERT OR UPDATE OR DELETE ON repair_{table}"
    f" FOR EACH ROW EXECUTE FUNCTION repair_guard_part('{stages}');"
    for table, stages in PARTS
)


def _pairs(table: object) -> str:
    transitions = getattr(table, "transitions", ())
    steps = sorted({(source, t.target) for t in transitions for source in t.sources if source != t.target})
    return ", ".join(f"('{source}', '{target}')" for source, target in steps)


APPLICATION_FUNCTION = APPLICATION.replace("{PAIRS}", _pairs(TABLE)).replace(
    "{FILED}", ", ".join(f"'{name}'" for name in FILED)
)
INSTALL = "\n".join(
    [
        APPLICATION_FUNCTION,
        APPLICATION_TRIGGER,
        PART,
        PART_TRIGGERS,
        SHIELD.replace("{PAIRS}", _pairs(SHIELDS)),
        REFERENCE,
    ]
)
FUNCTIONS = ("application", "part", "revocation", "bar", "shield", "reference")
REMOVE = "\n".join(f"DROP FUNCTION repair_guard_{name}() CASCADE;" for name in FUNCTIONS)
