-- Every fact the log speaks of, and every register of it as the JSON array of its values.
CREATE OR REPLACE TABLE referred AS
SELECT tenant, 'call' AS kind, id, customer_id AS customer FROM calls
UNION ALL
SELECT tenant, 'email' AS kind, id, customer_id AS customer FROM emails
UNION ALL
SELECT tenant, kind, id, customer FROM sales;
DELETE FROM referred WHERE customer IS NULL;

-- A customer that any event mentions exists, if only as a stub without registers.
CREATE OR REPLACE TABLE facts AS
SELECT tenant, 'department' AS kind, id FROM departments
UNION ALL
SELECT tenant, 'employee' AS kind, id FROM employees
UNION ALL
SELECT tenant, 'call' AS kind, id FROM calls
UNION ALL
SELECT tenant, 'email' AS kind, id FROM emails
UNION ALL
SELECT tenant, kind, id FROM sales
UNION ALL
(
    SELECT tenant, 'customer' AS kind, id FROM customers
    UNION
    SELECT tenant, 'customer' AS kind, data ->> '$.customer_id' AS id FROM events
    WHERE data ->> '$.customer_id' IS NOT NULL
);

CREATE OR REPLACE TABLE registers AS
SELECT
    tenant, 'department' AS kind, id, 'profile' AS register,
    CAST(json_array(version, name, parent_id, head_id, active) AS VARCHAR) AS value
FROM departments
UNION ALL
SELECT
    tenant, 'employee' AS kind, id, 'profile' AS register,
    CAST(json_array(version, name, active, extension) AS VARCHAR) AS value
FROM employees
UNION ALL
SELECT
    tenant, 'employee' AS kind, id, 'places' AS register,
    string_agg(entry, ',' ORDER BY entry) AS value
FROM (
    SELECT
        tenant, id,
        CAST(json_array(valid_from, version, department_id, manager_id) AS VARCHAR) AS entry
    FROM places
)
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'customer' AS kind, id, 'created' AS register,
    CAST(json_array(version, at_ms, day, creator) AS VARCHAR) AS value
FROM customer_created
UNION ALL
SELECT tenant, 'customer' AS kind, id, 'known' AS register, 'true' AS value
FROM customers WHERE known
UNION ALL
SELECT
    tenant, 'customer' AS kind, id, 'deleted' AS register,
    CAST(json_array(deleted, true) AS VARCHAR) AS value
FROM customers WHERE deleted IS NOT NULL
UNION ALL
SELECT
    tenant, 'customer' AS kind, id, 'owners' AS register,
    string_agg(entry, ',' ORDER BY entry) AS value
FROM (
    SELECT tenant, id, CAST(json_array(version, at_ms, day, owner) AS VARCHAR) AS entry
    FROM customer_owners
)
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'customer' AS kind, id, 'stages' AS register,
    string_agg(entry, ',' ORDER BY entry) AS value
FROM (
    SELECT tenant, id, CAST(json_array(version, at_ms, day, stage, actor) AS VARCHAR) AS entry
    FROM customer_stages
)
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'customer' AS kind, id, 'profile.' || field AS register,
    CAST(json_array(version, value) AS VARCHAR) AS value
FROM customer_profile
UNION ALL
SELECT
    tenant, 'call' AS kind, id, 'who' AS register,
    CAST(json_array(version, direction, employee_id, customer_id, phone, extension) AS VARCHAR)
        AS value
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
    tenant, kind, id, register, CAST(json_array(version, text) AS VARCHAR) AS value
FROM sale_registers
UNION ALL
SELECT
    tenant, kind, id, CASE WHEN kind = 'order' THEN 'total' ELSE 'value' END AS register,
    CAST(json_array(version, json_array(amount, currency)) AS VARCHAR) AS value
FROM sale_amounts
UNION ALL
SELECT
    tenant, kind, id, 'created' AS register,
    CAST(json_array(version, at_ms, day) AS VARCHAR) AS value
FROM sale_created
UNION ALL
SELECT
    tenant, 'opportunity' AS kind, id, 'closed' AS register,
    CAST(json_array(version, at_ms, day, outcome) AS VARCHAR) AS value
FROM opportunity_closed
UNION ALL
SELECT
    tenant, 'order' AS kind, id, 'order_day' AS register,
    CAST(json_array(version, day) AS VARCHAR) AS value
FROM order_days
UNION ALL
SELECT
    tenant, 'order' AS kind, id, 'approval' AS register,
    CAST(json_array(version, approved, at_ms, actor) AS VARCHAR) AS value
FROM order_approvals
UNION ALL
SELECT
    tenant, 'order' AS kind, id, 'cancelled' AS register,
    CAST(json_array(version, at_ms) AS VARCHAR) AS value
FROM order_cancelled;
