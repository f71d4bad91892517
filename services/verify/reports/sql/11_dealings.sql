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

-- What was paid without naming an order.
CREATE OR REPLACE TABLE report_payments AS
SELECT paid.tenant, buyers.survivor AS customer, paid.id, paid.currency, paid.amount
FROM paid_without_order AS paid
JOIN buyers ON paid.tenant = buyers.tenant AND paid.customer = buyers.id;

CREATE OR REPLACE TABLE report_opportunities AS
SELECT
    opportunities.tenant, buyers.survivor AS customer, opportunities.id,
    opportunities.created_ms AS at_ms, opportunities.created_day AS day, opportunities.owner,
    coalesce(opportunities.campaign, '') AS campaign
FROM opportunities
JOIN buyers ON opportunities.tenant = buyers.tenant AND opportunities.customer = buyers.id
WHERE opportunities.live AND opportunities.created_day IS NOT NULL;
