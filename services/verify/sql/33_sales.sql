-- docs/rules.md section 2: opportunities and orders. A null amount or date says nothing; a null
-- owner, customer, product or campaign clears it.
CREATE OR REPLACE TABLE sale_registers AS
WITH said AS (
    SELECT
        tenant, subject AS id, split_part(type, '.', 1) AS kind, version,
        unnest(['owner', 'customer', 'product', 'campaign']) AS register,
        unnest(json_extract(data, [
            '$.owner_id', '$.customer_id', '$.product_id', '$.campaign_id'
        ])) AS value
    FROM events
    WHERE type IN ('opportunity.created', 'opportunity.closed', 'order.created', 'order.updated')
)
SELECT tenant, kind, id, register, version, value ->> '$' AS text
FROM said
WHERE value IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY tenant, kind, id, register ORDER BY version DESC, text DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE sale_amounts AS
WITH said AS (
    SELECT
        tenant, subject AS id, split_part(type, '.', 1) AS kind, version,
        CASE WHEN type LIKE 'order.%' THEN data -> '$.total' ELSE data -> '$.value' END AS money
    FROM events
    WHERE type IN ('opportunity.created', 'opportunity.closed', 'order.created', 'order.updated')
)
SELECT
    tenant, kind, id, version,
    CAST(money ->> '$.amount' AS BIGINT) AS amount, money ->> '$.currency' AS currency
FROM said
WHERE json_type(money) = 'OBJECT'
QUALIFY row_number() OVER (
    PARTITION BY tenant, kind, id ORDER BY version DESC, amount DESC, currency DESC
) = 1;

CREATE OR REPLACE TABLE sale_created AS
SELECT
    events.tenant, split_part(events.type, '.', 1) AS kind, events.subject AS id,
    events.version, days.at_ms, days.day
FROM events
LEFT JOIN days ON events.log_offset = days.log_offset AND days.moment = 'created'
WHERE events.type IN ('opportunity.created', 'order.created')
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.type, events.subject
    ORDER BY events.version DESC, days.at_ms DESC NULLS LAST, days.day DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE opportunity_closed AS
SELECT
    events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
    events.data ->> '$.outcome' AS outcome
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'closed'
WHERE events.type = 'opportunity.closed'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC, outcome DESC
) = 1;

CREATE OR REPLACE TABLE order_days AS
SELECT tenant, subject AS id, version, day_of_date(data ->> '$.order_date') AS day
FROM events
WHERE type IN ('order.created', 'order.updated') AND data ->> '$.order_date' IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY version DESC, day DESC) = 1;

CREATE OR REPLACE TABLE order_approvals AS
SELECT
    tenant, subject AS id, version,
    type = 'order.approved' AS approved,
    milliseconds(coalesce(data ->> '$.approved_at', data ->> '$.revoked_at')) AS at_ms,
    data ->> '$.actor_id' AS actor
FROM events
WHERE type IN ('order.approved', 'order.approval_revoked')
QUALIFY row_number() OVER (
    PARTITION BY tenant, id
    ORDER BY version DESC, approved DESC, at_ms DESC, actor DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE order_cancelled AS
SELECT tenant, subject AS id, version, milliseconds(data ->> '$.cancelled_at') AS at_ms
FROM events
WHERE type = 'order.cancelled'
QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY version DESC, at_ms DESC) = 1;

CREATE OR REPLACE TABLE sales AS
WITH seen AS (
    SELECT DISTINCT tenant, split_part(type, '.', 1) AS kind, subject AS id
    FROM events
    WHERE type LIKE 'opportunity.%' OR type LIKE 'order.%'
),
named AS (
    SELECT
        tenant, kind, id,
        any_value(text) FILTER (register = 'owner') AS owner,
        any_value(text) FILTER (register = 'customer') AS customer,
        any_value(text) FILTER (register = 'product') AS product
    FROM sale_registers
    GROUP BY ALL
)
SELECT
    seen.*, named.owner, named.customer, coalesce(named.product, '') AS product,
    coalesce(money.amount, 0) AS amount, money.currency,
    created.version IS NOT NULL AS created, created.day AS created_day,
    coalesce(customers.first_source, '') AS source,
    coalesce(customers.industry, '') AS industry
FROM seen
LEFT JOIN named USING (tenant, kind, id)
LEFT JOIN sale_amounts AS money USING (tenant, kind, id)
LEFT JOIN sale_created AS created USING (tenant, kind, id)
LEFT JOIN customers ON seen.tenant = customers.tenant AND named.customer = customers.id;
