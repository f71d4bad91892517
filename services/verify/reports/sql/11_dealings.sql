-- docs/rules.md sections 2 and 8: calls, appointments, orders, money and opportunities by survivor.
CREATE OR REPLACE TABLE report_calls AS
SELECT DISTINCT
    calls.tenant, buyers.survivor AS customer, calls.id, calls.start_day AS day, agents.agent,
    calls.spoke AS spoken, coalesce(calls.duration_s, 0) AS talk
FROM calls
JOIN call_agents AS agents USING (tenant, id)
JOIN call_customers AS called USING (tenant, id)
JOIN buyers ON called.tenant = buyers.tenant AND called.customer = buyers.id
WHERE calls.direction = 'outbound' AND calls.start_day IS NOT NULL;

CREATE OR REPLACE TABLE report_appointments AS
SELECT
    tasks.tenant, buyers.survivor AS customer, tasks.id, tasks.created_day AS day,
    tasks.status = 'completed' AS completed
FROM tasks
JOIN buyers ON tasks.tenant = buyers.tenant AND tasks.customer = buyers.id
WHERE tasks.live AND tasks.type = 'appointment';

CREATE OR REPLACE TABLE report_orders AS
SELECT
    orders.tenant, buyers.survivor AS customer, orders.id, orders.created_ms AS at_ms,
    orders.created_day, orders.day AS order_day, orders.live, orders.approved,
    coalesce(orders.amount, 0) AS total, orders.currency
FROM orders
JOIN buyers ON orders.tenant = buyers.tenant AND orders.customer = buyers.id
WHERE orders.created;

-- What was paid: on orders, and without naming one.
CREATE OR REPLACE TABLE report_paid AS
SELECT tenant, id, currency, CAST(sum(amount) AS BIGINT) AS amount
FROM paid
GROUP BY ALL;

CREATE OR REPLACE TABLE report_payments AS
WITH parts AS (
    SELECT tenant, id, customer, currency, amount FROM payments
    WHERE received_day IS NOT NULL AND order_id IS NULL
    UNION ALL
    SELECT tenant, id, customer, reversed_currency AS currency, -reversed_amount AS amount
    FROM payments
    WHERE received_day IS NOT NULL AND order_id IS NULL AND reversed_day IS NOT NULL
)
SELECT
    parts.tenant, buyers.survivor AS customer, parts.id, parts.currency,
    CAST(sum(parts.amount) AS BIGINT) AS amount
FROM parts
JOIN buyers ON parts.tenant = buyers.tenant AND parts.customer = buyers.id
GROUP BY ALL
HAVING sum(parts.amount) <> 0;

CREATE OR REPLACE TABLE report_opportunities AS
SELECT
    opportunities.tenant, buyers.survivor AS customer, opportunities.id,
    created.at_ms, created.day, opportunities.owner, coalesce(campaigns.text, '') AS campaign
FROM opportunities
JOIN creations AS created
    ON opportunities.tenant = created.tenant AND opportunities.id = created.id
    AND created.kind = 'opportunity'
JOIN buyers
    ON opportunities.tenant = buyers.tenant AND opportunities.customer = buyers.id
LEFT JOIN texts AS campaigns
    ON opportunities.tenant = campaigns.tenant AND opportunities.id = campaigns.id
    AND campaigns.kind = 'opportunity' AND campaigns.register = 'campaign'
WHERE opportunities.live AND created.day IS NOT NULL;
