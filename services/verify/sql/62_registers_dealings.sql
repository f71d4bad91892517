-- Every register of a fact as the JSON array of its values: dealings with customers.
INSERT INTO registers BY NAME
SELECT
    tenant, 'call' AS kind, id, 'who' AS register,
    CAST(
        json_array(version, direction, employee_id, customer_id, phone, extension, number)
        AS VARCHAR
    ) AS value
FROM call_who
UNION ALL
SELECT
    tenant, 'call' AS kind, id, moment AS register,
    CAST(
        CASE
            WHEN moment = 'ended' THEN json_array(version, at_ms, day, duration_s)
            ELSE json_array(version, at_ms, day)
        END AS VARCHAR
    ) AS value
FROM call_moments
UNION ALL
SELECT
    tenant, 'email' AS kind, id, 'who' AS register,
    CAST(json_array(version, sender_id, customer_id) AS VARCHAR) AS value
FROM emails
UNION ALL
SELECT
    tenant, 'email' AS kind, id, 'opened' AS register,
    CAST(json_array(opened_ms, opened_day) AS VARCHAR) AS value
FROM emails WHERE opened_day IS NOT NULL
UNION ALL
SELECT
    tenant, 'email' AS kind, id, 'clicked' AS register,
    CAST(json_array(clicked_ms, clicked_day) AS VARCHAR) AS value
FROM emails WHERE clicked_day IS NOT NULL
UNION ALL
SELECT
    tenant, 'message' AS kind, id, 'who' AS register,
    CAST(json_array(version, channel, sender_id, customer_id, phone) AS VARCHAR) AS value
FROM message_who
UNION ALL
SELECT
    tenant, 'message' AS kind, id, 'sent' AS register,
    CAST(json_array(version, at_ms, day) AS VARCHAR) AS value
FROM message_sent
UNION ALL
SELECT
    tenant, 'message' AS kind, id, 'outcome' AS register,
    CAST(json_array(version, arrived) AS VARCHAR) AS value
FROM message_outcomes
UNION ALL
SELECT
    tenant, 'note' AS kind, id, 'added' AS register,
    CAST(json_array(version, at_ms, day, author_id, customer_id, automatic) AS VARCHAR) AS value
FROM notes
UNION ALL
SELECT
    tenant, 'task' AS kind, id, 'created' AS register,
    CAST(json_array(version, at_ms, day, creator) AS VARCHAR) AS value
FROM task_created
UNION ALL
SELECT
    tenant, 'task' AS kind, id, 'start' AS register,
    CAST(json_array(version, start_day) AS VARCHAR) AS value
FROM task_starts
UNION ALL
SELECT
    tenant, 'task' AS kind, id, 'end' AS register,
    CAST(json_array(version, end_day, in_time_ms) AS VARCHAR) AS value
FROM task_ends
UNION ALL
SELECT
    tenant, 'task' AS kind, id, 'assignees' AS register,
    CAST(json_array(version, to_json(assignees)) AS VARCHAR) AS value
FROM task_assignees
UNION ALL
SELECT
    tenant, 'task' AS kind, id, 'status' AS register,
    CAST(json_array(version, status, at_ms, day) AS VARCHAR) AS value
FROM task_statuses;
