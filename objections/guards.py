"""What the database itself refuses of objections and complaints: the services say it first and in more words.

CR500 deletion, frozen columns, a step that the table does not have · CR501 a complaint out of turn · CR502 an answer
signed by who decided what is objected to · CR503 papers only ever added · CR504 confirmed routes are not rewritten.
"""

from __future__ import annotations

from core.guards import dated_guard
from core.workflow import Workflow
from objections.workflow import COMPLAINT, OBJECTION
from sanctions.draw_guards import DrawTables, draw_guards


def _pairs(table: Workflow) -> str:
    steps = sorted({(source, t.target) for t in table.transitions for source in t.sources if source != t.target})
    return ", ".join(f"('{source}', '{target}')" for source, target in steps)


# Columns that come with the acts; everything else is what was handed in.
_ACTS = [
    "state",
    "secret_digest",
    "identity_result",
    "identity_checked_on",
    "identity_checked_by_key",
    "identity_note",
    "accepted_on",
    "accepted_by_key",
    "acceptance_number",
    "outcome",
    "answer_text",
    "drafted_by_key",
    "answered_on",
    "answered_by_key",
    "answer_number",
    "corrected_on",
    "correction",
    "closed_on",
]
_OBJECTION = [*_ACTS, "by_silence", "extended_on", "forwarded_on", "source_answered_on", "source_answer"]
_COMPLAINT = [*_ACTS, "took_over", "held_on", "convenor_id", "minutes", "remedies"]
# Written once: an act that has its day keeps it.
_ONCE = ("accepted_on", "acceptance_number", "answered_on", "answered_by_key", "answer_number", "corrected_on")

_FILING = """
CREATE FUNCTION objections_guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    kept text[] := ARRAY[{kept}];
    once text;
    before jsonb;
    after jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '{label}不得删除' USING ERRCODE = 'CR500', HINT = '不再办理的由申请人撤回';
    END IF;
    before := to_jsonb(OLD);
    after := to_jsonb(NEW);
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
        RAISE EXCEPTION '{label}不能从“%”直接变为“%”', OLD.state, NEW.state
            USING ERRCODE = 'CR500', HINT = '按办理环节逐步办理';
    END IF;
    IF before - kept IS DISTINCT FROM after - kept THEN
        RAISE EXCEPTION '{label}提交的内容不得变更' USING ERRCODE = 'CR500', HINT = '补充的理由和证据作为材料补交';
    END IF;
    FOREACH once IN ARRAY ARRAY[{once}] LOOP
        IF coalesce(before ->> once, '') <> '' AND before -> once IS DISTINCT FROM after -> once THEN
            RAISE EXCEPTION '{label}的 % 已经办理，不得变更', once
                USING ERRCODE = 'CR500', HINT = '更正请另行办理';
        END IF;
    END LOOP;
    IF OLD.answered_on IS NOT NULL AND (OLD.outcome, OLD.answer_text) IS DISTINCT FROM (NEW.outcome, NEW.answer_text) THEN
        RAISE EXCEPTION '{label}答复签发后不得变更' USING ERRCODE = 'CR500', HINT = '不服答复的按规定投诉';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER objections_guard BEFORE UPDATE OR DELETE ON objections_{name}
    FOR EACH ROW EXECUTE FUNCTION objections_guard_{name}();
"""


def _filing(name: str, label: str, kept: list[str], table: Workflow) -> str:
    quoted = ", ".join(f"'{column}'" for column in kept)
    once = ", ".join(f"'{column}'" for column in _ONCE)
    return _FILING.format(name=name, label=label, kept=quoted, once=once, pairs=_pairs(table))


def replaced() -> str:
    """Return the functions of the two filings anew, for migrations that change what they let through."""
    both = [_filing("objection", "异议", _OBJECTION, OBJECTION), _filing("complaint", "投诉", _COMPLAINT, COMPLAINT)]
    functions = [text.partition("CREATE TRIGGER")[0] for text in both]
    return "\n".join(functions).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


COMPLAINT_TURN = """
CREATE FUNCTION objections_guard_turn() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    stage text;
    due date;
    ruled boolean;
BEGIN
    SELECT state INTO stage FROM objections_objection WHERE id = NEW.objection_id FOR NO KEY UPDATE;
    SELECT max(deadline.due_on) INTO due FROM core_deadline deadline JOIN core_timelimitrule rule ON rule.id = deadline.rule_id
     WHERE deadline.aggregate_type = 'objections.objection' AND deadline.object_id = NEW.objection_id
       AND rule.code IN ('OBJ-T02', 'OBJ-T03');
    SELECT EXISTS (SELECT 1 FROM objections_complaint other WHERE other.objection_id = NEW.objection_id
                      AND other.state IN ('rejected', 'upheld', 'partly_upheld', 'redetermined', 'corrected')) INTO ruled;
    IF ruled OR NOT (stage IN ('rejected', 'partly_upheld', 'redetermined', 'corrected')
                     OR (stage IN ('accepted', 'drafted') AND due < NEW.received_on)) THEN
        RAISE EXCEPTION '异议处于“%”，不能投诉', stage
            USING ERRCODE = 'CR501', HINT = '答复后或者逾期未答复的可以投诉；投诉处理后可复议或诉讼';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER objections_guard_turn BEFORE INSERT ON objections_complaint
    FOR EACH ROW EXECUTE FUNCTION objections_guard_turn();
"""

OWN_DECISION = """
CREATE FUNCTION objections_guard_own_decision() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.listing_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM sanctions_listing listing
          JOIN sanctions_determination decision ON decision.id = listing.determination_id
         WHERE listing.id = NEW.listing_id
           AND (NEW.drafted_by_key <> '' AND NEW.drafted_by_key IN (decision.decided_by_key, decision.issued_by_key)
                OR NEW.answered_by_key <> ''
                   AND NEW.answered_by_key IN (decision.decided_by_key, decision.issued_by_key))) THEN
        RAISE EXCEPTION '原认定的经办或签发人员不得办理对该认定的异议'
            USING ERRCODE = 'CR502', HINT = '由未参与原认定的人员办理';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER objections_guard_own_decision BEFORE INSERT OR UPDATE ON objections_objection
    FOR EACH ROW EXECUTE FUNCTION objections_guard_own_decision();
"""

PAPERS = """
CREATE TRIGGER objections_guard_papers BEFORE UPDATE OR DELETE ON objections_objectionevidence
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
DRAWS = draw_guards(
    DrawTables(
        "objections_guard", "objections_complaintdraw", "objections_complaintexpert", "complaint_id", "CR500", "CR500"
    )
)

ROUTES = dated_guard(
    "objections_guard_route",
    "objections_guard",
    ("objections_targetroute",),
    noun="异议办理分工",
    code="CR504",
    hint="提出新分工，由另一名人员复核",
)

INSTALL = "\n".join(
    [
        _filing("objection", "异议", _OBJECTION, OBJECTION),
        _filing("complaint", "投诉", _COMPLAINT, COMPLAINT),
        COMPLAINT_TURN,
        OWN_DECISION,
        PAPERS,
        DRAWS,
        ROUTES,
    ]
)
REMOVE = "\n".join(
    [
        "DROP TRIGGER objections_guard_papers ON objections_objectionevidence;",
        *(
            f"DROP FUNCTION objections_guard_{name}() CASCADE;"
            for name in ("objection", "complaint", "turn", "own_decision", "draw", "seat", "route")
        ),
    ]
)
