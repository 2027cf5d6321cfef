"""What PostgreSQL's catalogue says of a schema, in rows to compare. The order of columns is not in it."""

OURS = "^releases_(journal|contract)"
SCHEMA = rf"""
WITH tables AS (
    SELECT oid AS number, relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname !~ '{OURS}'
)
SELECT 'table' AS what, relname::text AS of, '' AS name, obj_description(number, 'pg_class') AS definition,
    NULL::boolean AS flag, NULL AS more, NULL AS still_more
FROM tables
UNION ALL SELECT 'column', relname, attname,
    concat_ws(' ', format_type(atttypid, atttypmod), attcollation::regcollation),
    attnotnull, pg_get_expr(adbin, adrelid), concat_ws(' ', attidentity, attgenerated, col_description(number, attnum))
FROM tables JOIN pg_attribute ON attrelid = number LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'constraint', relname, conname, pg_get_constraintdef(c.oid), convalidated, NULL, NULL
FROM tables t JOIN pg_constraint c ON conrelid = number WHERE contype <> 'n'
UNION ALL SELECT 'index', t.relname, c.relname, pg_get_indexdef(c.oid), indisvalid, NULL, NULL
FROM tables t JOIN pg_index ON indrelid = number JOIN pg_class c ON c.oid = indexrelid
UNION ALL SELECT 'trigger', relname, tgname, NULL, NULL, NULL, NULL
FROM tables t JOIN pg_trigger ON tgrelid = number WHERE NOT tgisinternal
UNION ALL SELECT 'function', '', proname, NULL, NULL, NULL, NULL
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'releases%'
UNION ALL SELECT 'sequence', coalesce(d.refobjid::regclass::text, ''), c.relname, NULL, NULL, NULL, NULL
FROM pg_class c LEFT JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i')
WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace AND relname !~ '{OURS}'
ORDER BY 1, 2, 3
"""
