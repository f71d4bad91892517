-- docs/rules.md section 3: what orders contribute. `base` is the name's ending for the day typed.
CREATE OR REPLACE TABLE order_doubts AS
SELECT tenant, id FROM orders
WHERE
    live AND lines IS NOT NULL
    AND (
        list_sum([0::HUGEINT] || list_transform(lines, lambda line: line.amount::HUGEINT))
            - coalesce(discount_amount, 0) <> amount
        OR len(list_filter(lines, lambda line: line.currency <> currency)) > 0
        OR coalesce(discount_currency <> currency, false)
    );

CREATE OR REPLACE TABLE live_orders AS
SELECT
    orders.*, buyers.survivor, buyers.owner AS customer_owner,
    coalesce(buyers.source, '') AS source, coalesce(buyers.industry, '') AS industry,
    coalesce(buyers.province, '') AS province,
    (orders.tenant, orders.id) IN (SELECT (tenant, id) FROM order_doubts) AS doubted
FROM orders
LEFT JOIN buyers ON orders.tenant = buyers.tenant AND orders.customer = buyers.id
WHERE orders.live;

INSERT INTO claims BY NAME
WITH twice AS (
    SELECT *, day AS counted, '' AS base FROM live_orders
    UNION ALL
    SELECT *, created_day AS counted, '@created_at' AS base FROM live_orders
),
counted AS (
    SELECT *, 'orders' AS metric, NULL AS name, NULL AS text, survivor AS visit FROM twice
    UNION ALL
    SELECT *, 'orders_approved', NULL, NULL, survivor FROM twice WHERE approved
    UNION ALL
    SELECT *, 'orders_pending', NULL, NULL, NULL FROM twice WHERE NOT approved
    UNION ALL
    SELECT *, 'orders_with_customer', NULL, NULL, NULL FROM twice WHERE customer IS NOT NULL
    UNION ALL
    SELECT
        *, 'orders_approved', unnest(['source', 'industry', 'province']),
        unnest([source, industry, province]), NULL
    FROM twice WHERE approved
)
SELECT
    tenant, 'order' AS kind, id, metric || base AS metric, counted AS day, counted AS works_on,
    owner AS employee, name, text, 1 AS value, visit
FROM counted;

INSERT INTO claims BY NAME
WITH twice AS (
    SELECT *, day AS counted, '' AS base FROM live_orders
    UNION ALL
    SELECT *, created_day AS counted, '@created_at' AS base FROM live_orders
),
earned AS (
    SELECT *, 'sales' AS metric, NULL AS name, NULL AS text FROM twice
    UNION ALL
    SELECT
        *, 'revenue', unnest([NULL, 'source', 'industry', 'province']),
        unnest([NULL, source, industry, province])
    FROM twice WHERE approved
)
SELECT
    tenant, 'order' AS kind, id, metric || base AS metric, counted AS day, counted AS works_on,
    owner AS employee, currency, name, text, amount AS value
FROM earned;

-- For who owns the customer now.
INSERT INTO claims BY NAME
WITH owned AS (
    SELECT
        *, unnest([NULL, 'source', 'industry']) AS name,
        unnest([NULL, source, industry]) AS text
    FROM live_orders WHERE approved AND customer IS NOT NULL
)
SELECT
    tenant, 'order' AS kind, id, 'orders_of_customers' AS metric, day, 99999999 AS works_on,
    customer_owner AS employee, NULL AS currency, name, text, 1 AS value
FROM owned
UNION ALL
SELECT
    tenant, 'order' AS kind, id, 'revenue_of_customers' AS metric, day, 99999999 AS works_on,
    customer_owner AS employee, currency, name, text, amount AS value
FROM owned;

INSERT INTO claims BY NAME
WITH processed AS (
    SELECT *, greatest(decided_ms - created_ms, 0) // 1000 AS seconds FROM orders
    WHERE created AND NOT deleted AND state IN ('approved', 'rejected')
)
SELECT
    tenant, 'order' AS kind, id, decided_day AS day, decided_day AS works_on, actor AS employee,
    unnest(['orders_processed', 'orders_processed', 'processing_seconds']) AS metric,
    unnest([NULL, 'speed', NULL]) AS name,
    unnest([
        NULL,
        coalesce(CAST(list_min(list_filter(
            [60, 300, 900, 3600, 14400, 86400, 259200, 604800], lambda most: seconds <= most
        )) AS VARCHAR), 'more'),
        NULL
    ]) AS text,
    unnest([1, 1, seconds]) AS value
FROM processed;

-- Paid in all: the first day by which the running sum of what came in reaches the total.
INSERT INTO claims BY NAME
WITH running AS (
    SELECT
        tenant, id, currency, day,
        sum(amount) OVER (PARTITION BY tenant, id, currency ORDER BY day) AS amount,
        sum(amount) OVER (PARTITION BY tenant, id, currency) AS in_all
    FROM paid
),
settled AS (
    SELECT
        live_orders.tenant, live_orders.id, live_orders.owner, live_orders.currency,
        live_orders.amount, min(running.day) AS day
    FROM live_orders
    JOIN running
        ON live_orders.tenant = running.tenant AND live_orders.id = running.id
        AND live_orders.currency = running.currency AND running.amount >= live_orders.amount
        AND running.in_all >= live_orders.amount
    WHERE live_orders.amount > 0
    GROUP BY ALL
)
SELECT
    tenant, 'order' AS kind, id, day, day AS works_on, owner AS employee,
    unnest(['orders_paid', 'paid_goods']) AS metric, unnest([NULL, currency]) AS currency,
    unnest([1, amount]) AS value
FROM settled;
