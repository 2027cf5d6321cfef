"""What prevents PostgreSQL from changing the type of a column, with the statements that drop and create it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

# The objects that depend on one of the columns. (PostgreSQL rebuilds constraints, statistics and plain indexes.)
DIRECT = """
columns AS (
    SELECT attrelid, attnum, attname FROM pg_attribute
    WHERE attrelid = to_regclass(%(table)s) AND attname = ANY (%(columns)s) AND NOT attisdropped
), direct AS (
    SELECT DISTINCT d.classid, d.objid FROM pg_depend d
    JOIN columns c ON d.refclassid = 'pg_class'::regclass AND d.refobjid = c.attrelid AND d.refobjsubid = c.attnum
)
"""

# A view of a view comes first: it has to be dropped first.
VIEWS = f"""
WITH RECURSIVE {DIRECT}, views AS (
    SELECT r.ev_class AS view, 1 AS depth FROM direct d JOIN pg_rewrite r ON r.oid = d.objid
    WHERE d.classid = 'pg_rewrite'::regclass AND r.rulename = '_RETURN'
    UNION
    SELECT r.ev_class, v.depth + 1 FROM views v
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.view
        AND d.classid = 'pg_rewrite'::regclass AND d.deptype = 'n'
    JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.view AND r.rulename = '_RETURN'
), kinds AS (
    SELECT c.*, CASE relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END AS kind FROM pg_class c
)
SELECT format('%%s %%s', lower(kind), k.oid::regclass), format('DROP %%s %%s;', kind, k.oid::regclass),
    format('CREATE %%s %%s%%s AS%%s', kind, k.oid::regclass,
        ' WITH (' || array_to_string(reloptions, ', ') || ')', E'\\n' || pg_get_viewdef(k.oid))
FROM kinds k JOIN (SELECT view, max(depth) AS depth FROM views GROUP BY view) AS v ON v.view = k.oid
ORDER BY v.depth DESC, 1
"""

OTHERS = f"""
WITH {DIRECT}
SELECT format('rule %%I of %%s', rulename, ev_class::regclass),
    format('DROP RULE %%I ON %%s;', rulename, ev_class::regclass), pg_get_ruledef(r.oid)
FROM direct JOIN pg_rewrite r ON classid = 'pg_rewrite'::regclass AND r.oid = objid WHERE rulename <> '_RETURN'
UNION ALL
SELECT format('trigger %%I of %%s', tgname, tgrelid::regclass),
    format('DROP TRIGGER %%I ON %%s;', tgname, tgrelid::regclass), pg_get_triggerdef(t.oid) || ';'
FROM direct JOIN pg_trigger t ON classid = 'pg_trigger'::regclass AND t.oid = objid WHERE NOT tgisinternal
UNION ALL
SELECT format('policy %%I of %%s', polname, polrelid::regclass),
    format('DROP POLICY %%I ON %%s;', polname, polrelid::regclass),
    format('CREATE POLICY %%I ON %%s AS %%s FOR %%s TO %%s%%s%%s;', polname, polrelid::regclass, permissive, cmd,
        array_to_string(ARRAY(SELECT quote_ident(role) FROM unnest(roles) AS role), ', '),
        ' USING (' || qual || ')', ' WITH CHECK (' || with_check || ')')
FROM direct JOIN pg_policy y ON classid = 'pg_policy'::regclass AND y.oid = objid
JOIN pg_class c ON c.oid = polrelid JOIN pg_namespace n ON n.oid = relnamespace
JOIN pg_policies p ON policyname = polname AND tablename = relname AND schemaname = nspname
UNION ALL
SELECT format('function %%s', f.oid::regprocedure), format('DROP ROUTINE %%s;', f.oid::regprocedure),
    pg_get_functiondef(f.oid) || ';'
FROM direct JOIN pg_proc f ON classid = 'pg_proc'::regclass AND f.oid = objid
UNION ALL
SELECT format('columns or condition of publication %%I for %%s', pubname, prrelid::regclass),
    format('ALTER PUBLICATION %%I DROP TABLE %%s;', pubname, prrelid::regclass),
    CASE WHEN prqual IS NULL THEN format('ALTER PUBLICATION %%I ADD TABLE %%s (%%s);', pubname, prrelid::regclass,
        (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
            WHERE attrelid = prrelid AND attnum = ANY (prattrs))) ELSE '' END
FROM direct JOIN pg_publication_rel p ON classid = 'pg_publication_rel'::regclass AND p.oid = objid
JOIN pg_publication b ON b.oid = prpubid
ORDER BY 1
"""

# An index expression must not depend on the session's time zone, as nearly every expression of a timestamptz does.
COMPUTED = f"""
WITH {DIRECT}, computed AS (
    SELECT DISTINCT i.indexrelid, k.conname, i.indrelid
    FROM direct JOIN pg_index i ON classid = 'pg_class'::regclass AND i.indexrelid = objid
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid
    CROSS JOIN columns c
    WHERE regexp_replace(
        concat(pg_get_expr(i.indexprs, i.indrelid), ' ', pg_get_expr(i.indpred, i.indrelid)),
        format('\\m"?%%1$s"?( IS (NOT )?NULL| AT TIME ZONE ''[^'']*''(::text)?)', c.attname), '', 'g'
    ) ~ format('\\m%%s\\M', c.attname)
)
SELECT format('index %%s (its expression would depend on the time zone)', indexrelid::regclass),
    CASE WHEN conname IS NULL THEN format('DROP INDEX %%s;', indexrelid::regclass)
        ELSE format('ALTER TABLE %%s DROP CONSTRAINT %%I;', indrelid::regclass, conname) END, ''
FROM computed ORDER BY 1
"""

ROW_TYPES = """
SELECT format('column %%I of %%s (it has the table as its type)', attname, attrelid::regclass),
    format('ALTER TABLE %%s ALTER COLUMN %%I TYPE text;', attrelid::regclass, attname), ''
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
WHERE atttypid IN (
    SELECT unnest(ARRAY[t.oid, t.typarray]) FROM pg_type t WHERE t.typrelid = to_regclass(%(table)s)
) AND relkind IN ('r', 'p', 'm') AND NOT attisdropped
ORDER BY 1
"""


@dataclass(frozen=True)
class Dependent:
    """`create` is empty if the object could not be created again as it was."""

    description: str
    drop: str
    create: str


def dependents_of(connection: BaseDatabaseWrapper, table: str, columns: Iterable[str]) -> list[Dependent]:
    """What would make ALTER COLUMN ... TYPE timestamptz fail on PostgreSQL, in the order to drop it."""
    wanted: dict[str, Any] = {"table": connection.ops.quote_name(table), "columns": list(columns)}
    found: list[Dependent] = []
    with connection.cursor() as cursor:
        for query in (VIEWS, OTHERS, COMPUTED, ROW_TYPES):
            cursor.execute(query, wanted)
            found += [Dependent(*row) for row in cursor.fetchall()]
    return found
