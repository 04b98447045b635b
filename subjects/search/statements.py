"""The SQL of search. Each statement answers one page in one round trip.

Common to all: names `n` of legal entities; their root, since a duplicate answers through the record it was folded
into; one row per root, at its best place; and a keyset condition on that place.
"""

from __future__ import annotations

# The few records that are set aside (partial index subjects_set_aside): folded into another one, or not verified.
# OFFSET 0 keeps the planner from joining whole tables: a page has few rows, whatever it estimates.
_ASIDE = (
    "LEFT JOIN LATERAL (SELECT a.canonical_id, a.is_provisional FROM subjects_subject a WHERE a.id = {n}.subject_id"
    " AND (a.canonical_id IS NOT NULL OR a.is_provisional) OFFSET 0) aside ON true"
)
_ROOT = "coalesce(aside.canonical_id, {n}.subject_id)"
# Conditions on whose names may come out; composed by the engine.
OF_KIND = " AND {n}.kind = %(kind)s"
OF_DISTRICT = " AND (SELECT d.district_code FROM subjects_subject d WHERE d.id = {n}.subject_id) = %(district)s"
NOT_PROVISIONAL = " AND aside.is_provisional IS NOT TRUE"
AMONG = " AND {n}.subject_id = ANY (%(among)s)"
BEGINS = "{n}.norm >= %(norm)s AND {n}.norm < %(upper)s"

SHOWN = """
SELECT page.tier, page.sort, page.name_id, page.total, page.name, page.is_current, s.id, s.public_id, s.name, s.kind,
       s.status, s.district_code, s.is_demo, held.value, page.code
  FROM ({page}) page
 CROSS JOIN LATERAL (SELECT * FROM subjects_subject WHERE id = page.root OFFSET 0) s
  LEFT JOIN LATERAL (SELECT value FROM subjects_identifier
                      WHERE subject_id = page.root AND type = 'uscc' AND valid_to IS NULL OFFSET 0) held ON true
 ORDER BY page.tier, page.sort, page.name_id
"""

# Few names match: take all that the gram index gives, keep each root's best, sort, cut.
BY_INDEX = f"""
SELECT tier, sort, name_id, total, name, is_current, root, NULL::text AS code FROM (
  SELECT best.*, count(*) OVER () AS total FROM (
    SELECT DISTINCT ON (root) * FROM (
      SELECT {_ROOT.format(n="n")} AS root,
             CASE WHEN n.norm = %(norm)s THEN 0 WHEN {BEGINS.format(n="n")} THEN 1
                  WHEN strpos(n.norm, %(norm)s) > 0 THEN 2 ELSE 3 END AS tier,
             CASE WHEN {BEGINS.format(n="n")} THEN n.norm ELSE '' END AS sort,
             n.id AS name_id, n.name, n.is_current
        FROM subjects_subjectname n {_ASIDE.format(n="n")}
       WHERE n.grams @> %(grams)s AND n.norm LIKE ALL (%(patterns)s){{scope}}
    ) matching ORDER BY root, tier, sort, name_id
  ) best
) ranked WHERE (tier, sort, name_id) > (%(after_tier)s, %(after_sort)s, %(after_id)s)
 ORDER BY tier, sort, name_id LIMIT %(limit)s
"""

# Many names match: walk them in the order of the answer and stop when the page is full. A name is passed over where
# its root has another matching name at an earlier place.
_FIRST_OF_ROOT = f"""(
    SELECT o.id FROM subjects_subjectname o
     WHERE o.subject_id = ANY (ARRAY(SELECT {_ROOT.format(n="w")} UNION ALL
                                     SELECT d.id FROM subjects_subject d WHERE d.canonical_id = {_ROOT.format(n="w")}))
       AND o.id <> w.id AND o.grams IS NOT NULL AND o.norm LIKE ALL (%(patterns)s)
       AND (CASE WHEN {BEGINS.format(n="o")} THEN 1 ELSE 2 END,
            CASE WHEN {BEGINS.format(n="o")} THEN o.norm ELSE '' END, o.id) < ({{place}}, w.id) LIMIT 1) IS NULL"""
_WALKED = f"""w.id AS name_id, NULL::bigint AS total, w.name, w.is_current, {_ROOT.format(n="w")} AS root, NULL::text AS code"""
WALK_BEGINNING = f"""(
SELECT CASE WHEN w.norm = %(norm)s THEN 0 ELSE 1 END AS tier, w.norm AS sort, {_WALKED}
  FROM (SELECT n.* FROM subjects_subjectname n
         WHERE n.grams IS NOT NULL AND (n.norm, n.id) > (%(after_sort)s, %(after_id)s)
           AND n.norm < %(upper)s{{inner_scope}}
         ORDER BY n.norm, n.id LIMIT %(slack)s) w {_ASIDE.format(n="w")}
 WHERE {_FIRST_OF_ROOT.format(place="1, w.norm")}{{outer_scope}} LIMIT %(limit)s)"""
WALK_INSIDE = f"""(
SELECT %(inside_tier)s AS tier, '' AS sort, {_WALKED}
  FROM (SELECT n.* FROM subjects_subjectname n
         WHERE n.grams IS NOT NULL AND n.id > %(inside_after)s{{inner_scope}}
         ORDER BY n.id LIMIT %(window)s) w {_ASIDE.format(n="w")}
 WHERE w.norm LIKE ALL (%(patterns)s) AND NOT ({BEGINS.format(n="w")})
   AND {_FIRST_OF_ROOT.format(place="2, ''")}{{outer_scope}} LIMIT %(limit)s)"""
WALK = "SELECT * FROM ({parts}) walked LIMIT %(limit)s"
WINDOW_END = """
SELECT n.id FROM subjects_subjectname n WHERE n.grams IS NOT NULL AND n.id > %(inside_after)s{inner_scope}
 ORDER BY n.id OFFSET %(window)s - 1 LIMIT 1
"""

# Nothing holds the words as they stand: names that hold pieces of the query, best covered first.
IN_PIECES = f"""
SELECT tier, sort, name_id, total, name, is_current, root, NULL::text AS code FROM (
  SELECT 3 AS tier, lpad((1000 - matched)::text, 4, '0') AS sort, name_id, count(*) OVER () AS total, name, is_current, root
    FROM (
      SELECT DISTINCT ON (root) * FROM (
        SELECT {_ROOT.format(n="n")} AS root, n.id AS name_id, n.name, n.is_current,
               (SELECT count(*) FROM unnest(n.grams) held WHERE held = ANY (%(all_grams)s)) AS matched
          FROM {{names}} n {_ASIDE.format(n="n")}
         WHERE n.grams IS NOT NULL AND {{condition}}{{scope}} LIMIT %(candidates)s
      ) counted ORDER BY root, matched DESC, name_id
    ) best
) ranked WHERE (sort, name_id) > (%(after_sort)s, %(after_id)s) ORDER BY sort, name_id LIMIT %(limit)s
"""
ALL_NAMES = "subjects_subjectname"
SOME_NAMES = "(SELECT * FROM subjects_subjectname WHERE grams IS NOT NULL ORDER BY id LIMIT %(window)s)"

# By code: a whole code, the organisation code inside a social credit code, or a beginning. Only the two codes that are
# public by law: other numbers of a body are not for enumerating.
PUBLIC_TYPES = "('uscc', 'org_code')"
_OF_IDENTIFIER = "coalesce(s.canonical_id, s.id) AS root, i.value AS sort, i.id AS name_id, i.value AS code"
WHOLE_CODE = f"""
      SELECT 0 AS tier, {_OF_IDENTIFIER} FROM subjects_identifier i JOIN subjects_subject s ON s.id = i.subject_id
       WHERE i.value = %(code)s AND i.type IN {PUBLIC_TYPES}{{scope}}"""
CODE_INSIDE = f"""
      SELECT 0 AS tier, {_OF_IDENTIFIER} FROM subjects_identifier i JOIN subjects_subject s ON s.id = i.subject_id
       WHERE i.type = 'uscc' AND substring(i.value, 9, 8) = %(root)s AND substring(i.value, 9, 9) = %(code)s{{scope}}"""
CODE_BEGINNING = f"""
      SELECT 1 AS tier, {_OF_IDENTIFIER}
        FROM (SELECT * FROM subjects_identifier
               WHERE type IN {PUBLIC_TYPES} AND value > greatest(%(code)s, %(after_code)s) AND value < %(code_upper)s
               ORDER BY value, id LIMIT %(slack)s) i
        JOIN subjects_subject s ON s.id = i.subject_id WHERE true{{scope}}"""
BY_CODE = """
SELECT tier, sort, name_id, total, NULL::text AS name, true AS is_current, root, code FROM (
  SELECT best.*, count(*) OVER () AS total FROM (
    SELECT DISTINCT ON (root) * FROM ({parts}
    ) found ORDER BY root, tier, sort, name_id
  ) best
) ranked WHERE (tier, sort, name_id) > (%(after_tier)s, %(after_sort)s, %(after_id)s)
 ORDER BY tier, sort, name_id LIMIT %(limit)s
"""
