-- docs/rules.md section 2, derived: what facts say about another one, by the id written there.
CREATE OR REPLACE TABLE contact_days AS
SELECT
    tenant, with_whom.customer AS id, unnest([started_day, connected_day, ended_day]) AS day
FROM calls
JOIN call_customers AS with_whom USING (tenant, id)
UNION ALL
SELECT tenant, customer_id AS id, unnest([opened_day, clicked_day]) AS day FROM emails
UNION ALL
SELECT sent.tenant, who.customer_id AS id, sent.day
FROM message_sent AS sent
JOIN message_who AS who USING (tenant, id)
UNION ALL
SELECT tenant, customer AS id, created_day AS day FROM orders
UNION ALL
SELECT tenant, customer AS id, created_day AS day FROM contracts
UNION ALL
SELECT tenant, customer AS id, received_day AS day FROM payments
UNION ALL
SELECT tenant, customer AS id, status_day AS day FROM tasks
WHERE type = 'appointment' AND status = 'completed';

CREATE OR REPLACE TABLE contacted AS
SELECT tenant, id, max(day) AS day FROM contact_days
WHERE id IS NOT NULL AND day IS NOT NULL
GROUP BY ALL;

CREATE OR REPLACE TABLE first_calls AS
SELECT tenant, with_whom.customer AS id, min(began_ms) AS at_ms
FROM calls
JOIN call_customers AS with_whom USING (tenant, id)
WHERE direction = 'outbound'
GROUP BY ALL;

CREATE OR REPLACE TABLE bought AS
SELECT tenant, customer AS id, day, count(*) AS times FROM orders
WHERE live AND approved AND customer IS NOT NULL
GROUP BY ALL;

CREATE OR REPLACE TABLE paid AS
WITH parts AS (
    SELECT tenant, order_id AS id, received_day AS day, currency, amount FROM payments
    WHERE received_day IS NOT NULL
    UNION ALL
    SELECT tenant, order_id AS id, reversed_day AS day, reversed_currency AS currency,
        -reversed_amount AS amount
    FROM payments WHERE received_day IS NOT NULL AND reversed_day IS NOT NULL
)
SELECT tenant, id, day, currency, CAST(sum(amount) AS BIGINT) AS amount FROM parts
WHERE id IS NOT NULL
GROUP BY ALL
HAVING sum(amount) <> 0;

CREATE OR REPLACE TABLE paid_on_orders AS
SELECT tenant, id, currency, CAST(sum(amount) AS BIGINT) AS amount FROM paid
GROUP BY ALL
HAVING sum(amount) <> 0;

CREATE OR REPLACE TABLE paid_without_order AS
WITH parts AS (
    SELECT tenant, customer, id, currency, amount FROM payments
    WHERE received_day IS NOT NULL AND order_id IS NULL
    UNION ALL
    SELECT tenant, customer, id, reversed_currency, -reversed_amount FROM payments
    WHERE received_day IS NOT NULL AND order_id IS NULL AND reversed_day IS NOT NULL
)
SELECT tenant, customer, id, currency, CAST(sum(amount) AS BIGINT) AS amount FROM parts
WHERE customer IS NOT NULL
GROUP BY ALL
HAVING sum(amount) <> 0;

CREATE OR REPLACE TABLE renewals AS
SELECT tenant, previous AS id, start_day AS day, count(*) AS times FROM contracts
WHERE previous IS NOT NULL AND live AND start_day IS NOT NULL
GROUP BY ALL;

-- A survivor with all that it stands for. Its creation is the earliest of them.
CREATE OR REPLACE TABLE groups AS
SELECT
    buyers.tenant, buyers.survivor AS id,
    bool_or(members.known) AS known,
    max(contacted.day) AS contacted,
    min(first_calls.at_ms) AS first_call,
    min(bought.day) AS bought,
    arg_min(
        struct_pack(
            ms := members.created_ms, day := members.created_day, creator := members.creator
        ),
        (members.created_ms, members.created_day, members.created_version,
            coalesce(members.creator, ''))
    ) FILTER (members.created_version IS NOT NULL) AS created
FROM buyers
JOIN customers AS members USING (tenant, id)
LEFT JOIN contacted USING (tenant, id)
LEFT JOIN first_calls USING (tenant, id)
LEFT JOIN (SELECT tenant, id, min(day) AS day FROM bought GROUP BY ALL) AS bought
    USING (tenant, id)
GROUP BY ALL;

CREATE OR REPLACE TABLE derived AS
SELECT
    tenant, 'customer' AS kind, into_id AS id, 'absorbed' AS register,
    CAST(to_json(list(id ORDER BY id)) AS VARCHAR) AS value
FROM customer_merged WHERE id <> into_id
GROUP BY ALL
UNION ALL
SELECT tenant, 'customer' AS kind, id, 'contacted' AS register, CAST(day AS VARCHAR) AS value
FROM contacted
UNION ALL
SELECT tenant, 'call' AS kind, id, 'agent' AS register, CAST(to_json(agent) AS VARCHAR) AS value
FROM call_agents WHERE agent IS NOT NULL
UNION ALL
SELECT
    tenant, 'call' AS kind, id, 'customers' AS register,
    CAST(to_json(list(customer ORDER BY customer)) AS VARCHAR) AS value
FROM call_customers
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'phone number' AS kind, number AS id, 'holders' AS register,
    string_agg(entry, ',' ORDER BY entry) AS value
FROM (
    SELECT tenant, number, CAST(json_array(customer, times) AS VARCHAR) AS entry
    FROM number_holders
)
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'extension' AS kind, extension AS id, 'holders' AS register,
    string_agg(entry, ',' ORDER BY entry) AS value
FROM (
    SELECT
        tenant, extension,
        CAST(json_array(from_ms, coalesce(until_ms, 0), employee, is_first) AS VARCHAR) AS entry
    FROM extension_holders
)
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'customer' AS kind, id, 'bought' AS register,
    CAST(to_json(list(json_array(day, times) ORDER BY day)) AS VARCHAR) AS value
FROM bought
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'order' AS kind, id, 'paid' AS register,
    CAST(to_json(list(json_array(day, currency, amount) ORDER BY day, currency)) AS VARCHAR)
        AS value
FROM paid
GROUP BY ALL
UNION ALL
SELECT
    tenant, 'contract' AS kind, id, 'renewals' AS register,
    CAST(to_json(list(json_array(day, times) ORDER BY day)) AS VARCHAR) AS value
FROM renewals
GROUP BY ALL;
