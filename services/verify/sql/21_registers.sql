-- docs/rules.md section 2: registers of one text, set where present, null included.
CREATE OR REPLACE TABLE texts AS
WITH places (kind, register, path) AS (
    VALUES
    ('task', 'customer', '$.customer_id'), ('task', 'project', '$.project_id'),
    ('task', 'type', '$.type'), ('task', 'title', '$.title'),
    ('payment', 'customer', '$.customer_id'), ('payment', 'order', '$.order_id'),
    ('opportunity', 'owner', '$.owner_id'), ('opportunity', 'customer', '$.customer_id'),
    ('opportunity', 'product', '$.product_id'), ('opportunity', 'campaign', '$.campaign_id'),
    ('order', 'owner', '$.owner_id'), ('order', 'customer', '$.customer_id'),
    ('contract', 'owner', '$.owner_id'), ('contract', 'customer', '$.customer_id')
),
said AS (
    SELECT
        events.tenant, events.subject AS id, places.kind, events.version, places.register,
        json_extract(events.data, places.path) AS value
    FROM events
    JOIN places ON split_part(events.type, '.', 1) = places.kind
    WHERE events.type IN (
        'task.created', 'task.updated', 'opportunity.created', 'opportunity.assigned',
        'opportunity.closed', 'order.created', 'order.updated', 'payment.received',
        'contract.created', 'contract.updated', 'contract.renewed'
    )
)
SELECT tenant, kind, id, register, version, value ->> '$' AS text
FROM said
WHERE value IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY tenant, kind, id, register ORDER BY version DESC, text DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE named AS
SELECT
    tenant, kind, id,
    any_value(text) FILTER (register = 'owner') AS owner,
    any_value(text) FILTER (register = 'customer') AS customer,
    any_value(text) FILTER (register = 'order') AS order_id,
    any_value(text) FILTER (register = 'product') AS product,
    any_value(text) FILTER (register = 'campaign') AS campaign,
    any_value(text) FILTER (register = 'project') AS project,
    any_value(text) FILTER (register = 'type') AS type
FROM texts
GROUP BY ALL;

-- Money, of which null says nothing.
CREATE OR REPLACE TABLE amounts AS
WITH said AS (
    SELECT
        tenant, subject AS id, split_part(type, '.', 1) AS kind, version,
        unnest(['total', 'discount', 'vat', 'shipping', 'value']) AS register,
        unnest(json_extract(data, ['$.total', '$.discount', '$.vat', '$.shipping', '$.value']))
            AS money
    FROM events
    WHERE type IN (
        'opportunity.created', 'opportunity.closed', 'order.created', 'order.updated',
        'contract.created', 'contract.updated', 'contract.renewed'
    )
)
SELECT
    tenant, kind, id, register, version,
    CAST(money ->> '$.amount' AS BIGINT) AS amount, money ->> '$.currency' AS currency
FROM said
WHERE json_type(money) = 'OBJECT'
QUALIFY row_number() OVER (
    PARTITION BY tenant, kind, id, register ORDER BY version DESC, amount DESC, currency DESC
) = 1;

-- Deleted or voided, and for customers also restored, which loses against deleted.
CREATE OR REPLACE TABLE deletions AS
SELECT
    tenant,
    CASE split_part(type, '.', 1) WHEN 'stock' THEN 'voucher' ELSE split_part(type, '.', 1) END
        AS kind,
    subject AS id, version, type <> 'customer.restored' AS deleted
FROM events
WHERE
    type IN (
        'customer.deleted', 'customer.restored', 'contact.deleted', 'note.deleted',
        'task.deleted', 'opportunity.deleted', 'order.deleted', 'contract.deleted',
        'stock.voided'
    )
QUALIFY row_number() OVER (
    PARTITION BY tenant, kind, id ORDER BY version DESC, deleted DESC
) = 1;

CREATE OR REPLACE TABLE cancellations AS
SELECT
    tenant, split_part(type, '.', 1) AS kind, subject AS id, version,
    milliseconds(data ->> '$.cancelled_at') AS at_ms
FROM events
WHERE type IN ('order.cancelled', 'contract.cancelled')
QUALIFY row_number() OVER (
    PARTITION BY tenant, kind, id ORDER BY version DESC, at_ms DESC
) = 1;

-- When something was created: of orders and contracts, and of opportunities, maybe without time.
CREATE OR REPLACE TABLE creations AS
SELECT
    events.tenant, split_part(events.type, '.', 1) AS kind, events.subject AS id,
    events.version, days.at_ms, days.day
FROM events
LEFT JOIN days ON events.log_offset = days.log_offset AND days.moment = 'created'
WHERE events.type IN ('opportunity.created', 'order.created', 'contract.created')
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, kind, events.subject
    ORDER BY events.version DESC, days.at_ms DESC NULLS LAST, days.day DESC NULLS LAST
) = 1;
