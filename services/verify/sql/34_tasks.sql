-- docs/rules.md section 2: tasks. A null plan says 'none'; status before any: open.
CREATE OR REPLACE TABLE task_created AS
SELECT
    events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
    events.data ->> '$.creator_id' AS creator
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'created'
WHERE events.type = 'task.created'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC, creator DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE task_starts AS
SELECT
    events.tenant, events.subject AS id, events.version,
    CASE
        WHEN len(events.data ->> '$.start') = 10 THEN day_of_date(events.data ->> '$.start')
        ELSE coalesce(days.day, 0)
    END AS start_day
FROM events
LEFT JOIN days ON events.log_offset = days.log_offset AND days.moment = 'start'
WHERE events.type IN ('task.created', 'task.updated') AND given(events.data, '$.start')
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject ORDER BY events.version DESC, start_day DESC
) = 1;

CREATE OR REPLACE TABLE task_ends AS
SELECT
    events.tenant, events.subject AS id, events.version,
    CASE
        WHEN len(events.data ->> '$.end') = 10 THEN day_of_date(events.data ->> '$.end')
        ELSE coalesce(days.day, 0)
    END AS end_day,
    coalesce(days.at_ms, day_ends.at_ms, 0) AS in_time_ms
FROM events
LEFT JOIN days ON events.log_offset = days.log_offset AND days.moment = 'end'
LEFT JOIN day_ends
    ON events.time_zone = day_ends.time_zone AND events.data ->> '$.end' = day_ends.date
WHERE events.type IN ('task.created', 'task.updated') AND given(events.data, '$.end')
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, end_day DESC, in_time_ms DESC
) = 1;

CREATE OR REPLACE TABLE task_assignees AS
SELECT
    tenant, subject AS id, version,
    CASE
        WHEN json_type(json_extract(data, '$.assignees')) = 'ARRAY'
            THEN CAST(json_extract(data, '$.assignees') AS VARCHAR[])
        ELSE CAST([] AS VARCHAR[])
    END AS assignees
FROM events
WHERE type IN ('task.created', 'task.updated') AND given(data, '$.assignees')
QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY version DESC, assignees DESC) = 1;

CREATE OR REPLACE TABLE task_statuses AS
SELECT
    events.tenant, events.subject AS id, events.version,
    events.data ->> '$.status' AS status, days.at_ms, days.day
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'changed'
WHERE events.type = 'task.status_changed'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, status DESC, days.at_ms DESC, days.day DESC
) = 1;

CREATE OR REPLACE TABLE tasks AS
WITH seen AS (SELECT DISTINCT tenant, subject AS id FROM events WHERE type LIKE 'task.%')
SELECT
    seen.*, named.customer, coalesce(named.project, '') AS project,
    coalesce(named.type, '') AS type,
    created.at_ms AS created_ms, created.day AS created_day,
    nullif(starts.start_day, 0) AS start_day, nullif(ends.end_day, 0) AS end_day,
    nullif(ends.in_time_ms, 0) AS in_time_ms,
    coalesce(statuses.status, 'open') AS status,
    statuses.at_ms AS status_ms, statuses.day AS status_day,
    CASE
        WHEN len(assigned.assignees) > 0 THEN list_sort(list_distinct(assigned.assignees))
        ELSE ['-']
    END AS assignees,
    created.version IS NOT NULL AND deletions.version IS NULL
        AND coalesce(statuses.status <> 'cancelled', true) AS live,
    coalesce(ends.end_day > 0 AND ends.end_day < starts.start_day, false) AS doubted
FROM seen
LEFT JOIN named ON seen.tenant = named.tenant AND seen.id = named.id AND named.kind = 'task'
LEFT JOIN task_created AS created ON seen.tenant = created.tenant AND seen.id = created.id
LEFT JOIN task_starts AS starts ON seen.tenant = starts.tenant AND seen.id = starts.id
LEFT JOIN task_ends AS ends ON seen.tenant = ends.tenant AND seen.id = ends.id
LEFT JOIN task_statuses AS statuses
    ON seen.tenant = statuses.tenant AND seen.id = statuses.id
LEFT JOIN task_assignees AS assigned
    ON seen.tenant = assigned.tenant AND seen.id = assigned.id
LEFT JOIN deletions
    ON seen.tenant = deletions.tenant AND seen.id = deletions.id AND deletions.kind = 'task';
