-- Every fact the log speaks of, and which facts refer to which by what they say now.
CREATE OR REPLACE TABLE referred AS
SELECT tenant, 'call' AS kind, id, 'customer' AS to_kind, customer AS to_id
FROM call_customers
UNION ALL
SELECT tenant, 'call' AS kind, id, 'phone number' AS to_kind, nullif(number, '') AS to_id
FROM calls
UNION ALL
SELECT tenant, 'call' AS kind, id, 'extension' AS to_kind, nullif(extension, '') AS to_id
FROM calls WHERE employee_id IS NULL
UNION ALL
SELECT tenant, 'email' AS kind, id, 'customer' AS to_kind, customer_id AS to_id FROM emails
UNION ALL
SELECT tenant, 'message' AS kind, id, 'customer' AS to_kind, customer_id AS to_id
FROM message_who
UNION ALL
SELECT tenant, 'note' AS kind, id, 'customer' AS to_kind, customer_id AS to_id FROM notes
UNION ALL
SELECT tenant, 'contact' AS kind, id, 'customer' AS to_kind, customer AS to_id FROM contacts
UNION ALL
SELECT tenant, 'voucher' AS kind, id, 'customer' AS to_kind, customer_id AS to_id FROM papers
UNION ALL
SELECT tenant, kind, id, 'customer' AS to_kind, customer AS to_id FROM named
UNION ALL
SELECT tenant, kind, id, 'order' AS to_kind, order_id AS to_id FROM named
UNION ALL
SELECT tenant, 'contract' AS kind, id, 'contract' AS to_kind, previous AS to_id
FROM contract_renewed
UNION ALL
SELECT tenant, 'customer' AS kind, id, 'customer' AS to_kind, into_id AS to_id
FROM customer_merged;
DELETE FROM referred WHERE to_id IS NULL;

-- Every number that any event names, also one that says nothing any more.
CREATE OR REPLACE TABLE numbers_named AS
WITH said AS (
    SELECT events.tenant, unnest(CAST(phones_said.numbers AS VARCHAR[])) AS number
    FROM events
    JOIN phones_said USING (log_offset)
    UNION
    SELECT events.tenant, numbers_read.number
    FROM events
    JOIN numbers_read
        ON events.region = numbers_read.region AND events.data ->> '$.phone' = numbers_read.text
    WHERE events.type LIKE 'call.%'
)
SELECT tenant, number FROM said WHERE number <> '';

CREATE OR REPLACE TABLE facts AS
WITH subjects AS (
    SELECT DISTINCT
        tenant,
        CASE split_part(type, '.', 1) WHEN 'stock' THEN 'voucher' ELSE split_part(type, '.', 1) END
            AS kind,
        subject AS id
    FROM events
)
SELECT tenant, kind, id FROM subjects
WHERE kind IN (
    'department', 'contact', 'call', 'message', 'note', 'task', 'opportunity',
    'payment', 'voucher'
)
UNION ALL
SELECT DISTINCT tenant, 'employee' AS kind, subject AS id FROM events
WHERE type LIKE 'employee.%' OR type = 'permission.changed'
UNION ALL
SELECT tenant, 'target' AS kind, id FROM targets
UNION ALL
SELECT tenant, 'email' AS kind, id FROM emails
UNION ALL
SELECT tenant, 'order' AS kind, id FROM orders
UNION ALL
SELECT tenant, 'contract' AS kind, id FROM contracts
UNION ALL
SELECT tenant, 'customer' AS kind, id FROM customer_ids
UNION ALL
(
    SELECT tenant, 'term' AS kind, id FROM term_profiles
    UNION
    SELECT tenant, 'term' AS kind, id FROM term_definitions
)
UNION ALL
(
    SELECT tenant, 'phone number' AS kind, number AS id FROM numbers_named
    UNION
    SELECT tenant, 'extension' AS kind, data ->> '$.extension' AS id FROM events
    WHERE
        (type LIKE 'call.%' OR type LIKE 'employee.%')
        AND data ->> '$.extension' <> '' AND data ->> '$.employee_id' IS NULL
);
