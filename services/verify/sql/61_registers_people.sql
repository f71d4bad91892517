-- Every register of a fact as the JSON array of its values: people, customers and words.
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
    tenant, 'employee' AS kind, id, 'others' AS register,
    string_agg(entry, ',' ORDER BY entry) AS value
FROM (
    SELECT tenant, id, CAST(json_array(valid_from, to_json(others)) AS VARCHAR) AS entry
    FROM places
    WHERE len(others) > 0
)
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'employee' AS kind, id, 'extensions' AS register,
    string_agg(entry, ',' ORDER BY entry) AS value
FROM (
    SELECT tenant, id, CAST(json_array(version, at_ms, day, extension) AS VARCHAR) AS entry
    FROM extensions
)
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'employee' AS kind, id, 'permissions.' || permission AS register,
    CAST(json_array(version, granted) AS VARCHAR) AS value
FROM permissions
UNION ALL
SELECT
    tenant, 'employee' AS kind, id, 'pseudonymised' AS register, CAST(version AS VARCHAR) AS value
FROM pseudonyms
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
    tenant, 'customer' AS kind, id, 'merged' AS register,
    CAST(json_array(version, into_id) AS VARCHAR) AS value
FROM customer_merged
UNION ALL
SELECT
    tenant, 'customer' AS kind, id, 'erased' AS register, CAST(version AS VARCHAR) AS value
FROM customer_erased
UNION ALL
SELECT tenant, 'contact' AS kind, id, 'known' AS register, 'true' AS value
FROM contacts WHERE known
UNION ALL
SELECT
    tenant, 'contact' AS kind, id, 'profile.' || field AS register,
    CAST(json_array(version, value) AS VARCHAR) AS value
FROM contact_profile
UNION ALL
SELECT
    tenant, 'term' AS kind, id, 'profile' AS register,
    CAST(json_array(version, name, to_json(tags), position, active) AS VARCHAR) AS value
FROM term_profiles
UNION ALL
SELECT
    tenant, 'term' AS kind, id, 'definition' AS register,
    CAST(json_array(version, definition) AS VARCHAR) AS value
FROM term_definitions
UNION ALL
SELECT
    tenant, 'target' AS kind, id, 'aim' AS register,
    CAST(
        json_array(
            version, CASE WHEN amount IS NOT NULL THEN json_array(amount, currency) END, weight,
            to_json(thresholds), set_by
        ) AS VARCHAR
    ) AS value
FROM targets
UNION ALL
SELECT
    tenant, kind, id, CASE kind WHEN 'voucher' THEN 'voided' ELSE 'deleted' END AS register,
    CAST(json_array(version, deleted) AS VARCHAR) AS value
FROM deletions
UNION ALL
SELECT tenant, kind, id, register, value FROM derived;
