-- docs/rules.md section 8, sales performance: who of the customers created then bought when.
-- `listed`: the purchase status asked for lets the customer through; totals do not ask for it.
CREATE OR REPLACE TABLE performance_members AS
WITH looked_at AS (
    SELECT asked.*, about.customer, about.created_day
    FROM performance_asked AS asked
    JOIN report_customers AS about
        ON asked.tenant = about.tenant
        AND about.created_day BETWEEN asked.created_from AND asked.created_to
    WHERE
        (NOT asked.scoped OR (asked.question, about.owner) IN (
            SELECT (question, owner) FROM asked_owners
        ))
        AND (asked.relationship IS NULL
            OR about.stage = CASE asked.relationship WHEN '-' THEN '' ELSE asked.relationship END)
),
counted AS (
    SELECT
        looked_at.question, looked_at.customer, looked_at.created_day,
        looked_at.status, looked_at.min_purchases, looked_at.max_purchases,
        count(*) FILTER (orders.approved) AS purchases,
        count(*) FILTER (NOT orders.approved) AS pending,
        max(orders.order_day) AS last_order
    FROM looked_at
    LEFT JOIN report_orders AS orders
        ON looked_at.tenant = orders.tenant AND looked_at.customer = orders.customer
        AND orders.live
        AND orders.order_day BETWEEN looked_at.ordered_from AND looked_at.ordered_to
    GROUP BY ALL
)
SELECT
    question, customer, created_day, purchases, pending, last_order,
    CASE WHEN purchases > 0 THEN 'purchased' WHEN pending > 0 THEN 'in_progress'
        ELSE 'not_purchased' END AS label,
    CASE status
        WHEN 'purchased' THEN purchases > 0
        WHEN 'in_progress' THEN pending > 0
        WHEN 'not_purchased' THEN purchases = 0 AND pending = 0
        ELSE true
    END AS listed
FROM counted
WHERE
    (min_purchases IS NULL OR purchases >= min_purchases)
    AND (max_purchases IS NULL OR purchases <= max_purchases);

CREATE OR REPLACE TABLE performance_values AS
SELECT
    members.question, members.customer, orders.currency, CAST(sum(orders.total) AS BIGINT) AS value
FROM performance_members AS members
JOIN performance_asked AS asked USING (question)
JOIN report_orders AS orders
    ON asked.tenant = orders.tenant AND members.customer = orders.customer
    AND orders.live AND orders.approved
    AND orders.order_day BETWEEN asked.ordered_from AND asked.ordered_to
WHERE members.listed AND orders.currency IS NOT NULL
GROUP BY ALL;
