-- docs/rules.md section 2: departments and employees, and where an employee works on a day.
CREATE OR REPLACE TABLE departments AS
SELECT
    tenant, subject AS id, version,
    data ->> '$.name' AS name,
    data ->> '$.parent_id' AS parent_id,
    data ->> '$.head_id' AS head_id,
    coalesce(CAST(data ->> '$.active' AS BOOLEAN), true) AS active
FROM events
WHERE type = 'department.upserted'
QUALIFY row_number() OVER (
    PARTITION BY tenant, id
    ORDER BY version DESC, name DESC, parent_id DESC NULLS LAST, head_id DESC NULLS LAST,
        active DESC
) = 1;

CREATE OR REPLACE TABLE employees AS
SELECT
    tenant, subject AS id, version,
    data ->> '$.name' AS name,
    coalesce(CAST(data ->> '$.active' AS BOOLEAN), true) AS active,
    data ->> '$.extension' AS extension
FROM events
WHERE type = 'employee.upserted'
QUALIFY row_number() OVER (
    PARTITION BY tenant, id
    ORDER BY version DESC, name DESC, active DESC, extension DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE places AS
SELECT
    events.tenant, events.subject AS id, events.version, day_starts.day AS valid_from,
    events.data ->> '$.department_id' AS department_id,
    events.data ->> '$.manager_id' AS manager_id,
    list_sort(list_distinct(
        coalesce(CAST(events.data -> '$.other_department_ids' AS VARCHAR[]), [])
    )) AS others
FROM events
JOIN day_starts USING (log_offset)
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject, valid_from
    ORDER BY events.version DESC, department_id DESC NULLS LAST, manager_id DESC NULLS LAST,
        others DESC
) = 1;

-- The first place also holds for every day before it.
CREATE OR REPLACE TABLE works AS
SELECT
    tenant, id, department_id,
    CASE
        WHEN row_number() OVER (PARTITION BY tenant, id ORDER BY valid_from) = 1 THEN 0
        ELSE valid_from
    END AS from_day
FROM places;

-- One entry per moment; null says that the employee has none from then on.
CREATE OR REPLACE TABLE extensions AS
WITH said AS (
    SELECT
        events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
        events.data ->> '$.extension' AS extension
    FROM events
    JOIN days ON events.log_offset = days.log_offset AND days.moment = 'changed'
    WHERE events.type = 'employee.extension_changed'
    UNION ALL
    SELECT
        events.tenant, events.subject AS id, events.version, day_starts.at_ms, day_starts.day,
        events.data ->> '$.extension' AS extension
    FROM events
    JOIN day_starts USING (log_offset)
    WHERE events.data ->> '$.extension' IS NOT NULL
)
SELECT * FROM said
QUALIFY row_number() OVER (
    PARTITION BY tenant, id, at_ms
    ORDER BY version DESC, day DESC, extension DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE pseudonyms AS
SELECT tenant, subject AS id, min(version) AS version
FROM events WHERE type = 'employee.pseudonymised'
GROUP BY ALL;

CREATE OR REPLACE TABLE permissions AS
SELECT
    tenant, subject AS id, data ->> '$.permission' AS permission, version,
    CAST(data ->> '$.granted' AS BOOLEAN) AS granted
FROM events
WHERE type = 'permission.changed'
QUALIFY row_number() OVER (
    PARTITION BY tenant, subject, permission ORDER BY version DESC, granted DESC
) = 1;
