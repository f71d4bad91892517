-- docs/rules.md section 3: what tasks contribute, for each assignee.
CREATE OR REPLACE TABLE live_tasks AS
SELECT tasks.*, buyers.survivor
FROM tasks
LEFT JOIN buyers ON tasks.tenant = buyers.tenant AND tasks.customer = buyers.id
WHERE tasks.live;

INSERT INTO claims BY NAME
WITH said AS (
    SELECT *, 'tasks_created' AS metric, created_day AS day, NULL AS name, NULL AS text,
        NULL AS visit
    FROM live_tasks
    UNION ALL
    SELECT *, 'tasks_starting', start_day, NULL, NULL, survivor FROM live_tasks
    WHERE NOT doubted AND start_day IS NOT NULL
    UNION ALL
    SELECT *, 'tasks_starting', start_day, 'end', CAST(end_day AS VARCHAR), NULL FROM live_tasks
    WHERE NOT doubted AND start_day IS NOT NULL AND end_day IS NOT NULL
    UNION ALL
    SELECT *, 'tasks_linked_starting', start_day, NULL, NULL, NULL FROM live_tasks
    WHERE NOT doubted AND start_day IS NOT NULL AND customer IS NOT NULL
    UNION ALL
    SELECT *, 'tasks_linked_starting', start_day, 'end', CAST(end_day AS VARCHAR), NULL
    FROM live_tasks
    WHERE NOT doubted AND start_day IS NOT NULL AND end_day IS NOT NULL
    AND customer IS NOT NULL
    UNION ALL
    SELECT *, 'tasks_ending', end_day, NULL, NULL, survivor FROM live_tasks
    WHERE NOT doubted AND end_day IS NOT NULL
    UNION ALL
    SELECT *, 'tasks_linked_ending', end_day, NULL, NULL, NULL FROM live_tasks
    WHERE NOT doubted AND end_day IS NOT NULL AND customer IS NOT NULL
    UNION ALL
    SELECT *, 'tasks_completed', status_day, unnest([NULL, 'project', 'type']),
        unnest([NULL, project, type]), NULL
    FROM live_tasks WHERE status = 'completed'
    UNION ALL
    SELECT *, 'tasks_completed_late', status_day, NULL, NULL, NULL
    FROM live_tasks WHERE status = 'completed' AND status_ms > in_time_ms
    UNION ALL
    SELECT
        *,
        CASE status
            WHEN 'open' THEN 'tasks_open' WHEN 'in_progress' THEN 'tasks_in_progress'
            ELSE 'tasks_awaiting'
        END, 0, NULL, NULL, NULL
    FROM live_tasks WHERE status IN ('open', 'in_progress', 'awaiting_confirmation')
)
SELECT
    tenant, 'task' AS kind, id, metric, day, CASE WHEN day = 0 THEN 99999999 ELSE day END
        AS works_on,
    unnest(assignees) AS employee, name, text, 1 AS value, visit
FROM said;
