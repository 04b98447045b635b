"""What the database itself refuses in the chain (design §3, law 5): the services say it first and in more words.

CR201 entry not in force on the recognition day · CR202 frozen columns · CR203 meeting without quorum · CR204 no notice
served · CR205 listing without issued decision and decided subject · CR206 measure not executable · CR207 vote of a unit
that did not come · CR208 expert who was not drawn · CR209 reward while a discipline listing is in force · CR210 minor ·
CR200 part of a case at the wrong time · CR211 decision against the votes · CR212 period outside the range ·
CR213 pause deleted or rewritten · CR214 end moved without an amendment, or later · CR215 stop notice rewritten.
"""

from __future__ import annotations

from sanctions.draw_guards import DrawTables, draw_guards
from sanctions.workflow import CASE as TABLE

CASE = """
CREATE FUNCTION sanctions_guard_case() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE kept text[] := ARRAY['state', 'group_id', 'level', 'facts', 'document_number', 'submitted_by_key'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '联合奖惩事项不得删除' USING ERRCODE = 'CR202', HINT = '不再办理的事项请撤回';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT catalog_revision_in_force(NEW.revision_id, NEW.recognized_on) THEN
            RAISE EXCEPTION '目录事项在单位认定日 % 不在有效期内', NEW.recognized_on
                USING ERRCODE = 'CR201', HINT = '由联席办核对目录；目录之外的行为不得联合奖惩';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({PAIRS}) THEN
        RAISE EXCEPTION '事项不能从“%”直接变为“%”', OLD.state, NEW.state
            USING ERRCODE = 'CR202', HINT = '按办理环节逐步办理';
    END IF;
    IF OLD.state = 'issued' OR to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept THEN
        RAISE EXCEPTION '事项已印发或该内容不得变更' USING ERRCODE = 'CR202', HINT = '更正请另行办理';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER sanctions_guard BEFORE INSERT OR UPDATE OR DELETE ON sanctions_case
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_case();
ALTER TABLE sanctions_case ADD CONSTRAINT sanctions_initiator_named
    FOREIGN KEY (revision_id, named_unit_id) REFERENCES catalog_revisioninitiator (revision_id, unit_id);
"""

SUBJECT = """
CREATE FUNCTION sanctions_guard_subject() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF EXISTS (SELECT 1 FROM sanctions_case matter WHERE matter.id = OLD.case_id AND matter.state = 'issued')
           AND (OLD.case_id, OLD.subject_id, OLD.role, OLD.decision, OLD.decision_reason)
               IS DISTINCT FROM (NEW.case_id, NEW.subject_id, NEW.role, NEW.decision, NEW.decision_reason) THEN
            RAISE EXCEPTION '决定已印发，议决结果不得变更' USING ERRCODE = 'CR202', HINT = '更正请另行作出决定';
        END IF;
        IF (OLD.case_id, OLD.subject_id) = (NEW.case_id, NEW.subject_id) THEN RETURN NEW; END IF;
    END IF;
    IF EXISTS (
        SELECT 1 FROM sanctions_case matter JOIN subjects_subject subject ON subject.id = NEW.subject_id
         WHERE matter.id = NEW.case_id AND extract(year FROM age(matter.act_on, subject.birth_on)) < 18) THEN
        RAISE EXCEPTION '行为发生日未满 18 周岁，不得列入' USING ERRCODE = 'CR210', HINT = '未成年人不适用联合奖惩，无人可以放宽';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER sanctions_guard BEFORE INSERT OR UPDATE ON sanctions_casesubject
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_subject();
"""

MEETING = """
CREATE FUNCTION sanctions_guard_vote() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM sanctions_meetinginvitee invitee
          JOIN sanctions_meeting meeting ON meeting.id = invitee.meeting_id
          JOIN sanctions_casesubject subject ON subject.case_id = meeting.case_id
          JOIN sanctions_case matter ON matter.id = meeting.case_id
         WHERE invitee.id = NEW.invitee_id AND invitee.attended AND meeting.id = NEW.meeting_id
           AND subject.id = NEW.case_subject_id AND matter.state = 'convened') THEN
        RAISE EXCEPTION '未到会的单位不能表决，或会议已经议决'
            USING ERRCODE = 'CR207', HINT = '由召集单位登记到会后表决';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER sanctions_guard BEFORE INSERT OR UPDATE ON sanctions_vote
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_vote();
"""
DRAWS = draw_guards(
    DrawTables("sanctions_guard", "sanctions_expertdraw", "sanctions_meetingexpert", "meeting_id", "CR202", "CR208")
)

DETERMINATION = """
CREATE FUNCTION sanctions_guard_determination() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    kept text[] := ARRAY['filed_on'];
    issuing text[] := ARRAY['issued_on', 'official_number', 'number', 'number_year', 'issued_by_key', 'starts_on',
        'filed_on'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '认定决定不得删除' USING ERRCODE = 'CR202', HINT = '更正请另行作出决定';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.issued_on IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM sanctions_meeting meeting JOIN sanctions_case matter ON matter.id = meeting.case_id
             WHERE meeting.id = NEW.meeting_id AND meeting.case_id = NEW.case_id AND meeting.adjourned_on IS NULL
               AND NEW.decided_on >= meeting.held_on AND matter.state = 'decided') THEN
            RAISE EXCEPTION '认定决定须由已召开的认定会议议决，且从未印发开始'
                USING ERRCODE = 'CR202', HINT = '先召开会议并记录议决，再由第二人印发';
        END IF;
        IF EXISTS (
            SELECT 1 FROM sanctions_meeting meeting
              JOIN sanctions_meetinginvitee invitee ON invitee.meeting_id = meeting.id
             WHERE meeting.id = NEW.meeting_id AND meeting.case_id = NEW.case_id
             GROUP BY meeting.quorum_percent
            HAVING count(*) >= 2
               AND count(*) FILTER (WHERE invitee.attended) * 100 >= count(*) * meeting.quorum_percent) IS NOT TRUE THEN
            RAISE EXCEPTION '到会单位未达到要求，不能作出认定' USING ERRCODE = 'CR203', HINT = '另行召集会议';
        END IF;
        IF EXISTS (
            SELECT 1 FROM sanctions_casesubject subject JOIN sanctions_case matter ON matter.id = subject.case_id
              LEFT JOIN sanctions_notice notice ON notice.case_subject_id = subject.id
             WHERE subject.case_id = NEW.case_id AND matter.polarity = 'discipline'
               AND (notice.served_on IS NULL OR notice.served_on > NEW.decided_on)) THEN
            RAISE EXCEPTION '拟认定告知书尚未送达，不能作出认定' USING ERRCODE = 'CR204', HINT = '先送达告知书并听取陈述申辩';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.issued_on IS NOT NULL AND to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept)
       OR to_jsonb(OLD) - issuing IS DISTINCT FROM to_jsonb(NEW) - issuing THEN
        RAISE EXCEPTION '认定决定不得变更' USING ERRCODE = 'CR202', HINT = '更正请另行作出决定';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER sanctions_guard BEFORE INSERT OR UPDATE OR DELETE ON sanctions_determination
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_determination();
"""

LISTING_FUNCTION = """
CREATE OR REPLACE FUNCTION sanctions_guard_listing() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    kept text[] := ARRAY['state', 'ends_on', 'over_from', 'revoked_from', 'delisted_on', 'original_ends_on', 'tacit_from',
                         'removal_told_on'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '列入记录不得删除' USING ERRCODE = 'CR202', HINT = '到期移出、修复或撤销均有相应业务';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept THEN
            RAISE EXCEPTION '列入记录的认定内容不得变更' USING ERRCODE = 'CR202', HINT = '更正请另行作出决定';
        END IF;
        IF OLD.original_ends_on IS DISTINCT FROM NEW.original_ends_on AND (
            NEW.original_ends_on IS NULL OR NEW.original_ends_on > OLD.original_ends_on
            OR (SELECT change.original_ends_on FROM sanctions_amendment change
                 WHERE change.listing_id = NEW.id ORDER BY change.id DESC LIMIT 1)
               IS DISTINCT FROM NEW.original_ends_on) THEN
            RAISE EXCEPTION '原定截止日只能由变更决定缩短' USING ERRCODE = 'CR214', HINT = '先作出变更决定；异议不得使期限更长';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM sanctions_casesubject subject
          JOIN sanctions_case matter ON matter.id = subject.case_id AND matter.state = 'issued'
          JOIN sanctions_determination decision ON decision.case_id = matter.id
          JOIN sanctions_service service ON service.case_subject_id = subject.id AND service.document = 'determination'
         WHERE subject.id = NEW.case_subject_id AND subject.decision = 'listed' AND decision.id = NEW.determination_id
           AND decision.issued_on IS NOT NULL AND service.served_on = NEW.served_on
           AND service.served_on >= decision.issued_on AND matter.revision_id = NEW.revision_id
           AND matter.polarity = NEW.polarity AND subject.subject_id = NEW.subject_id
           AND catalog_revision_in_force(matter.revision_id, matter.recognized_on)) THEN
        RAISE EXCEPTION '没有已印发并送达、且议决列入该主体的认定决定，不得列入'
            USING ERRCODE = 'CR205', HINT = '由专项小组或联席办按程序认定、印发、送达';
    END IF;
    IF EXISTS (
        SELECT 1 FROM catalog_entryrevision revision
         WHERE revision.id = NEW.revision_id AND revision.period_max_months IS NOT NULL
           AND ((NEW.original_ends_on IS NULL AND revision.period_alternative = '')
                OR NEW.original_ends_on > (NEW.starts_on + make_interval(months => revision.period_max_months))::date
                OR NEW.original_ends_on
                   < (NEW.starts_on + make_interval(months => coalesce(revision.period_min_months, 0)))::date - 1)) THEN
        RAISE EXCEPTION '名单期限超出目录法定范围' USING ERRCODE = 'CR212', HINT = '在目录范围内确定统一期限';
    END IF;
    IF NEW.polarity = 'discipline' AND NOT EXISTS (
        SELECT 1 FROM sanctions_notice notice WHERE notice.case_subject_id = NEW.case_subject_id
           AND notice.served_on <= NEW.starts_on) THEN
        RAISE EXCEPTION '拟认定告知书未送达，不得列入' USING ERRCODE = 'CR204', HINT = '先送达告知书并听取陈述申辩';
    END IF;
    -- Listings of one subject begin one after the other, so that each sees the one before.
    PERFORM 1 FROM subjects_subject subject WHERE subject.id = NEW.subject_id FOR NO KEY UPDATE;
    IF NEW.polarity = 'incentive' AND EXISTS (
        SELECT 1 FROM sanctions_listing other
          JOIN subjects_subject holder ON holder.id = other.subject_id
          JOIN subjects_subject ours ON ours.id = NEW.subject_id
         WHERE coalesce(holder.canonical_id, holder.id) = coalesce(ours.canonical_id, ours.id) AND other.polarity = 'discipline'
           AND core_period_state(NEW.starts_on, other.starts_on, other.original_ends_on,
               (SELECT range_agg(span) FROM (
                    SELECT daterange(p.from_on, p.to_on) AS span FROM sanctions_listingpause p
                     WHERE p.listing_id = other.id AND p.cause <> 'lapse'
                    UNION ALL
                    SELECT daterange(other.tacit_from, NULL) WHERE other.tacit_from IS NOT NULL) spans),
               (SELECT range_agg(daterange(p.from_on, p.to_on)) FROM sanctions_listingpause p
                 WHERE p.listing_id = other.id AND p.cause = 'lapse'),
               other.over_from, other.revoked_from) IN ('in_force', 'paused')) THEN
        RAISE EXCEPTION '该主体有失信惩戒正在实施，不能给予守信激励' USING ERRCODE = 'CR209', HINT = '惩戒移出后再申请激励';
    END IF;
    RETURN NEW;
END $body$;
"""
LISTING = (
    LISTING_FUNCTION
    + """
CREATE TRIGGER sanctions_guard BEFORE INSERT OR UPDATE OR DELETE ON sanctions_listing
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_listing();
"""
)

# A pause is opened and closed once; what determined a period anew stays as it was issued.
CLOCKS = """
CREATE FUNCTION sanctions_guard_pause() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '暂停记录不得删除' USING ERRCODE = 'CR213', HINT = '恢复执行登记恢复日';
    END IF;
    IF OLD.to_on IS NOT NULL OR to_jsonb(OLD) - 'to_on' IS DISTINCT FROM to_jsonb(NEW) - 'to_on' THEN
        RAISE EXCEPTION '暂停记录只能登记一次恢复日' USING ERRCODE = 'CR213', HINT = '再次暂停请另行登记';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER sanctions_guard BEFORE UPDATE OR DELETE ON sanctions_listingpause
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_pause();
CREATE TRIGGER sanctions_guard BEFORE UPDATE OR DELETE ON sanctions_amendment
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
REMOVE_CLOCKS = """
DROP TRIGGER sanctions_guard ON sanctions_amendment;
DROP FUNCTION sanctions_guard_pause() CASCADE;
"""

TASK_KEYS = """
ALTER TABLE sanctions_listing ADD CONSTRAINT sanctions_listing_revision UNIQUE (id, revision_id);
ALTER TABLE sanctions_executiontask ADD CONSTRAINT sanctions_task_of_revision
    FOREIGN KEY (listing_id, revision_id) REFERENCES sanctions_listing (id, revision_id);
ALTER TABLE sanctions_executiontask ADD CONSTRAINT sanctions_task_in_catalogue
    FOREIGN KEY (revision_id, measure_id, named_unit_id)
    REFERENCES catalog_revisionmeasureunit (revision_id, measure_id, unit_id);
"""
TASK_FUNCTION = """
CREATE OR REPLACE FUNCTION sanctions_guard_task() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    kept text[] := ARRAY['state', 'ends_on', 'over_from'];
    recognized date;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '实施任务不得删除' USING ERRCODE = 'CR202', HINT = '不予实施请写明理由';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept THEN
            RAISE EXCEPTION '实施任务的内容不得变更' USING ERRCODE = 'CR202', HINT = '更正请另行作出决定';
        END IF;
        RETURN NEW;
    END IF;
    SELECT matter.recognized_on INTO recognized FROM sanctions_listing listing
      JOIN sanctions_casesubject subject ON subject.id = listing.case_subject_id
      JOIN sanctions_case matter ON matter.id = subject.case_id WHERE listing.id = NEW.listing_id;
    IF NOT catalog_measure_executable(NEW.revision_id, NEW.measure_id, recognized) THEN
        RAISE EXCEPTION '该措施在认定日 % 没有充分的法律依据，不得下达', recognized
            USING ERRCODE = 'CR206', HINT = '由联席办核对依据后发布目录新版';
    END IF;
    RETURN NEW;
END $body$;
"""
TASK = (
    TASK_KEYS
    + TASK_FUNCTION
    + """
CREATE TRIGGER sanctions_guard BEFORE INSERT OR UPDATE OR DELETE ON sanctions_executiontask
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_task();
"""
)

# A notice is confirmed, or overtaken by a later one, once; what a court ordered stays as it was recorded.
STOPS = """
CREATE FUNCTION sanctions_guard_stop() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE ending text[] := ARRAY['confirmed_on', 'confirmed_by_key', 'confirmed_by_label', 'done', 'superseded_on'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.confirmed_on IS NOT NULL OR OLD.superseded_on IS NOT NULL
       OR to_jsonb(OLD) - ending IS DISTINCT FROM to_jsonb(NEW) - ending THEN
        RAISE EXCEPTION '停止执行通知只能确认一次' USING ERRCODE = 'CR215', HINT = '情况有变的，由新的通知取代';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER sanctions_guard BEFORE UPDATE OR DELETE ON sanctions_taskstop
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_stop();
CREATE TRIGGER sanctions_guard BEFORE UPDATE OR DELETE ON sanctions_courtorder
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
REMOVE_STOPS = """
DROP TRIGGER sanctions_guard ON sanctions_courtorder;
DROP FUNCTION sanctions_guard_stop() CASCADE;
"""

# Which parts of a case may be written while it is in which state; the way from the part's row to its case comes first.
PART = """
CREATE FUNCTION sanctions_guard_part() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    part jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
    owner bigint;
    stage text;
    allowed text := CASE TG_OP WHEN 'INSERT' THEN TG_ARGV[1] WHEN 'UPDATE' THEN TG_ARGV[2] ELSE TG_ARGV[3] END;
BEGIN
    owner := CASE TG_ARGV[0]
        WHEN 'case' THEN (part ->> 'case_id')::bigint
        WHEN 'meeting' THEN (SELECT case_id FROM sanctions_meeting WHERE id = (part ->> 'meeting_id')::bigint)
        ELSE (SELECT case_id FROM sanctions_casesubject WHERE id = (part ->> 'case_subject_id')::bigint) END;
    SELECT state INTO stage FROM sanctions_case WHERE id = owner;
    IF NOT stage = ANY (string_to_array(allowed, ' ')) THEN
        RAISE EXCEPTION '事项处于“%”，不能办理 % %', stage, TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'CR200', HINT = '该内容只能在相应的办理环节形成，形成后不得变更';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $body$;

CREATE FUNCTION sanctions_guard_decided() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    attended bigint;
    in_favour bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.decision <> 'undecided' THEN
            RAISE EXCEPTION '主体须经会议表决' USING ERRCODE = 'CR211', HINT = '先召集会议表决';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - ARRAY['decision', 'decision_reason'] IS DISTINCT FROM
       to_jsonb(NEW) - ARRAY['decision', 'decision_reason'] OR OLD.decision <> 'undecided'
       OR EXISTS (SELECT 1 FROM sanctions_determination WHERE case_id = NEW.case_id) THEN
        RAISE EXCEPTION '事项主体和议决结果不得变更' USING ERRCODE = 'CR202', HINT = '更正请另行作出决定';
    END IF;
    SELECT count(*), count(*) FILTER (WHERE vote.choice = 'list') INTO attended, in_favour
      FROM sanctions_meetinginvitee invitee
      JOIN sanctions_meeting meeting ON meeting.id = invitee.meeting_id AND meeting.adjourned_on IS NULL
      LEFT JOIN sanctions_vote vote ON vote.invitee_id = invitee.id AND vote.case_subject_id = NEW.id
     WHERE meeting.case_id = NEW.case_id AND invitee.attended;
    IF (NEW.decision = 'listed') <> (in_favour * 2 > attended) THEN
        RAISE EXCEPTION '议决结果与表决不符：到会 % 个单位，同意列入 % 票', attended, in_favour
            USING ERRCODE = 'CR211', HINT = '按表决结果记录';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER sanctions_guard_decided BEFORE INSERT OR UPDATE ON sanctions_casesubject
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_decided();

CREATE FUNCTION sanctions_guard_served() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF (OLD.served_on IS NOT NULL AND NEW.served_on IS DISTINCT FROM OLD.served_on)
       OR (OLD.statement_on IS NOT NULL AND (NEW.statement, NEW.statement_on) IS DISTINCT FROM
           (OLD.statement, OLD.statement_on))
       OR (NEW.content, NEW.issued_on, NEW.case_subject_id) IS DISTINCT FROM
          (OLD.content, OLD.issued_on, OLD.case_subject_id) THEN
        RAISE EXCEPTION '告知书及其送达、陈述申辩不得变更' USING ERRCODE = 'CR202', HINT = '按实际情况一次登记';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER sanctions_guard_served BEFORE UPDATE ON sanctions_notice
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_served();
CREATE TRIGGER sanctions_guard_part BEFORE UPDATE OR DELETE ON sanctions_feedback
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
EARLY = "draft returned submitted accepted noticed"
PARTS = (
    # table, way, INSERT, UPDATE, DELETE
    ("evidence", "case", EARLY, "", ""),
    ("casesubject", "case", "draft", "decided", ""),
    ("notice", "subject", "noticed", "noticed convened", ""),
    ("service", "subject", "noticed issued", "", ""),
    ("meeting", "case", "convened", "convened decided", ""),
    ("meetinginvitee", "meeting", "convened", "convened", "convened"),
    ("vote", "meeting", "convened", "convened", ""),
    ("expertdraw", "meeting", "convened", "convened", ""),
    ("meetingexpert", "meeting", "convened", "convened", ""),
)
PART_TRIGGERS = "\n".join(
    f"CREATE TRIGGER sanctions_guard_part BEFORE INSERT OR UPDATE OR DELETE ON sanctions_{table}"
    f" FOR EACH ROW EXECUTE FUNCTION sanctions_guard_part('{way}', '{insert}', '{update}', '{delete}');"
    for table, way, insert, update, delete in PARTS
)
STEPS = sorted({(source, t.target) for t in TABLE.transitions for source in t.sources if source != t.target})
PAIRS = ", ".join(f"('{source}', '{target}')" for source, target in STEPS)

INSTALL = "\n".join(
    [CASE.replace("{PAIRS}", PAIRS), PART, PART_TRIGGERS, SUBJECT, MEETING, DRAWS, DETERMINATION, LISTING, TASK]
)
FUNCTIONS = ("case", "part", "decided", "served", "subject", "vote", "seat", "draw", "determination", "listing", "task")
REMOVE = "\n".join(
    [
        "ALTER TABLE sanctions_executiontask DROP CONSTRAINT sanctions_task_in_catalogue;",
        "ALTER TABLE sanctions_executiontask DROP CONSTRAINT sanctions_task_of_revision;",
        "ALTER TABLE sanctions_listing DROP CONSTRAINT sanctions_listing_revision;",
        "ALTER TABLE sanctions_case DROP CONSTRAINT sanctions_initiator_named;",
        "DROP TRIGGER sanctions_guard_part ON sanctions_feedback;",
        *(f"DROP FUNCTION sanctions_guard_{name}() CASCADE;" for name in FUNCTIONS),
    ]
)
