"""What the database itself refuses of a lot for experts, whoever they advise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DrawTables:
    """The tables of one lot: prefix of the functions, both tables, the matter's column, and the codes of refusal."""

    prefix: str
    draws: str
    seats: str
    matter: str
    changed: str
    not_drawn: str


def draw_guards(tables: DrawTables) -> str:
    """Return SQL after which a commitment and its result stand, and only who was drawn takes a seat."""
    return f"""
CREATE FUNCTION {tables.prefix}_seat() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM {tables.draws} draw JOIN organizations_expert expert ON expert.id = NEW.expert_id
         WHERE draw.id = NEW.draw_id AND draw.{tables.matter} = NEW.{tables.matter} AND draw.drawn_on IS NOT NULL
           AND draw.selected @> jsonb_build_array(jsonb_build_object('expert', expert.public_id))) THEN
        RAISE EXCEPTION '该专家不是抽中的专家' USING ERRCODE = '{tables.not_drawn}', HINT = '通过随机抽取产生专家';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER {tables.prefix} BEFORE INSERT OR UPDATE ON {tables.seats}
    FOR EACH ROW EXECUTE FUNCTION {tables.prefix}_seat();

CREATE FUNCTION {tables.prefix}_draw() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE kept text[] := ARRAY['selected', 'drawn_on'];
BEGIN
    IF OLD.drawn_on IS NOT NULL OR to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept THEN
        RAISE EXCEPTION '抽取的承诺和结果不得变更' USING ERRCODE = '{tables.changed}', HINT = '需要补抽的，办理下一轮';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER {tables.prefix} BEFORE UPDATE ON {tables.draws}
    FOR EACH ROW EXECUTE FUNCTION {tables.prefix}_draw();
"""
