-- docs/rules.md section 2, derived: what stands on a customer for the cohort reports, by the id
-- written there. `value`: the JSON of each mark of a fact without the number of that fact.
CREATE OR REPLACE TABLE paid_in_all AS
SELECT tenant, id, to_json(list(json_array(currency, amount) ORDER BY currency)) AS paid
FROM paid_on_orders
GROUP BY ALL;

CREATE OR REPLACE TABLE marks AS
SELECT
    tenant, with_whom.customer, 'calls' AS register, 'call' AS kind, id,
    CAST(
        json_array(calls.began_ms, start_day, agent, spoke, coalesce(duration_s, 0)) AS VARCHAR
    ) AS value
FROM calls
JOIN call_agents USING (tenant, id)
JOIN call_customers AS with_whom USING (tenant, id)
WHERE direction = 'outbound'
UNION ALL
SELECT
    tenant, customer, 'appointments' AS register, 'task' AS kind, id,
    CAST(json_array(created_ms, created_day, status = 'completed') AS VARCHAR) AS value
FROM tasks
WHERE live AND type = 'appointment' AND customer IS NOT NULL
UNION ALL
SELECT
    tenant, orders.customer, 'orders' AS register, 'order' AS kind, id,
    CAST(
        json_array(
            created_ms, created_day, coalesce(day, 0),
            CASE WHEN NOT live THEN 0 WHEN approved THEN 2 ELSE 1 END,
            coalesce(amount, 0), coalesce(currency, ''), coalesce(paid, json_array())
        ) AS VARCHAR
    ) AS value
FROM orders
LEFT JOIN paid_in_all USING (tenant, id)
WHERE created AND customer IS NOT NULL AND (live OR paid IS NOT NULL)
UNION ALL
SELECT
    tenant, customer, 'payments' AS register, 'payment' AS kind, id,
    string_agg(
        CAST(json_array(currency, amount) AS VARCHAR), ',' ORDER BY currency
    ) AS value
FROM paid_without_order
GROUP BY ALL
UNION ALL
SELECT
    tenant, customer, 'opportunities' AS register, 'opportunity' AS kind, id,
    CAST(json_array(created_ms, created_day, coalesce(campaign, ''), owner) AS VARCHAR) AS value
FROM opportunities
WHERE live AND created_day IS NOT NULL AND customer IS NOT NULL;
