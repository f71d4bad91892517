-- Cells, month sums and gauges: every field of every hash, both ways.
INSERT INTO differences BY NAME
WITH expected AS (
    SELECT
        cells.tenant, cells.grain, cells.value, keys.key,
        CASE WHEN dimension = '' THEN metric ELSE metric || '|' || dimension END AS field
    FROM cells
    JOIN cell_keys AS keys USING (tenant, grain, scope, scope_id, day)
)
SELECT
    CASE
        WHEN expected.key IS NULL THEN 'surplus '
        WHEN found.key IS NULL THEN 'missing '
        ELSE 'changed '
    END || coalesce(expected.grain, found.grain) AS what,
    expected.tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.field, found.field) AS item, expected.value AS expected,
    found.value AS found
FROM expected
FULL JOIN found_cells AS found ON expected.key = found.key AND expected.field = found.field
WHERE expected.value IS DISTINCT FROM found.value;
