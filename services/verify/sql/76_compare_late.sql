-- What changed in locked periods: the sum over its causes, and that each cause came after a lock.
INSERT INTO differences BY NAME
WITH expected AS (
    SELECT
        late.*, tenant_keys.prefix || 'late:' || late.day // 100 AS key,
        CASE WHEN dimension = '' THEN metric ELSE metric || '|' || dimension END || mark
            AS field
    FROM late
    JOIN tenant_keys USING (tenant)
),
found AS (
    SELECT
        key, tenant, department, employee, day, field, CAST(sum(value) AS BIGINT) AS value
    FROM found_late
    GROUP BY ALL
    HAVING sum(value) <> 0
)
SELECT
    CASE
        WHEN found.key IS NULL THEN 'missing late change'
        WHEN expected.key IS NULL THEN 'surplus late change'
        ELSE 'changed late change'
    END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.department, found.department) || ':'
        || coalesce(expected.employee, found.employee) || '|'
        || coalesce(expected.day, found.day) || '|' || coalesce(expected.field, found.field)
        AS item,
    expected.value AS expected, found.value AS found
FROM expected
FULL JOIN found
    ON expected.key = found.key AND expected.department = found.department
    AND expected.employee = found.employee AND expected.day = found.day
    AND expected.field = found.field
WHERE expected.value IS DISTINCT FROM found.value;

INSERT INTO differences BY NAME
SELECT
    'stray late cause' AS what, held.tenant, held.key, held.cause || '|' || held.field AS item,
    'an event after the lock' AS expected, CAST(held.value AS VARCHAR) AS found
FROM found_late AS held
WHERE
    held.value = 0
    OR NOT EXISTS (
        SELECT 1
        FROM events
        JOIN locks ON events.tenant = locks.tenant AND events.log_offset > locks.log_offset
        WHERE
            events.tenant = held.tenant AND events.event_id = held.cause
            AND held.day BETWEEN locks.first_day AND locks.last_day
    );
