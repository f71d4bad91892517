-- docs/rules.md section 2: opportunities and orders. A null amount, date or list of lines says
-- nothing; a null owner, customer, product or campaign clears it (21_registers.sql).
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
    events.tenant, events.subject AS id, events.version,
    CASE events.type
        WHEN 'order.approved' THEN 'approved'
        WHEN 'order.rejected' THEN 'rejected'
        ELSE 'revoked'
    END AS state,
    days.at_ms, days.day, events.data ->> '$.actor_id' AS actor
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'decided'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, state DESC, days.at_ms DESC, days.day DESC,
        actor DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE order_lines AS
SELECT tenant, subject AS id, version, goods(data -> '$.lines') AS lines
FROM events
WHERE
    type IN ('order.created', 'order.updated')
    AND json_type(json_extract(data, '$.lines')) = 'ARRAY'
QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY version DESC, lines DESC) = 1;

CREATE OR REPLACE TABLE order_returns AS
SELECT
    events.tenant, events.subject AS id, events.data ->> '$.return_id' AS return_id,
    events.version, days.at_ms, days.day, goods(events.data -> '$.lines') AS lines
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'returned'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject, return_id
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC, lines DESC
) = 1;

CREATE OR REPLACE TABLE opportunities AS
WITH seen AS (
    SELECT DISTINCT tenant, subject AS id FROM events WHERE type LIKE 'opportunity.%'
)
SELECT
    seen.*, named.owner, named.customer, named.campaign, coalesce(named.product, '') AS product,
    coalesce(money.amount, 0) AS amount, money.currency,
    created.version IS NOT NULL AS created, created.at_ms AS created_ms,
    created.day AS created_day, closed.day AS closed_day, closed.outcome,
    deletions.version IS NULL AS live
FROM seen
LEFT JOIN named
    ON seen.tenant = named.tenant AND seen.id = named.id AND named.kind = 'opportunity'
LEFT JOIN amounts AS money
    ON seen.tenant = money.tenant AND seen.id = money.id AND money.kind = 'opportunity'
LEFT JOIN creations AS created
    ON seen.tenant = created.tenant AND seen.id = created.id AND created.kind = 'opportunity'
LEFT JOIN opportunity_closed AS closed ON seen.tenant = closed.tenant AND seen.id = closed.id
LEFT JOIN deletions
    ON seen.tenant = deletions.tenant AND seen.id = deletions.id
    AND deletions.kind = 'opportunity';

-- An order that only a payment mentions is a stub.
CREATE OR REPLACE TABLE orders AS
WITH seen AS (
    SELECT tenant, subject AS id FROM events WHERE type LIKE 'order.%'
    UNION
    SELECT tenant, data ->> '$.order_id' AS id FROM events
    WHERE type LIKE 'payment.%' AND data ->> '$.order_id' IS NOT NULL
)
SELECT
    seen.*, named.owner, named.customer,
    order_days.day,
    total.amount, total.currency,
    discount.amount AS discount_amount, discount.currency AS discount_currency,
    order_lines.lines,
    created.version IS NOT NULL AS created, created.at_ms AS created_ms,
    created.day AS created_day,
    approvals.state, approvals.at_ms AS decided_ms, approvals.day AS decided_day,
    approvals.actor,
    coalesce(approvals.state = 'approved', false) AS approved,
    deletions.version IS NOT NULL AS deleted,
    created.version IS NOT NULL AND cancelled.version IS NULL AND deletions.version IS NULL
        AND coalesce(approvals.state <> 'rejected', true) AS live
FROM seen
LEFT JOIN named ON seen.tenant = named.tenant AND seen.id = named.id AND named.kind = 'order'
LEFT JOIN order_days ON seen.tenant = order_days.tenant AND seen.id = order_days.id
LEFT JOIN amounts AS total
    ON seen.tenant = total.tenant AND seen.id = total.id AND total.kind = 'order'
    AND total.register = 'total'
LEFT JOIN amounts AS discount
    ON seen.tenant = discount.tenant AND seen.id = discount.id AND discount.kind = 'order'
    AND discount.register = 'discount'
LEFT JOIN order_lines ON seen.tenant = order_lines.tenant AND seen.id = order_lines.id
LEFT JOIN creations AS created
    ON seen.tenant = created.tenant AND seen.id = created.id AND created.kind = 'order'
LEFT JOIN order_approvals AS approvals
    ON seen.tenant = approvals.tenant AND seen.id = approvals.id
LEFT JOIN cancellations AS cancelled
    ON seen.tenant = cancelled.tenant AND seen.id = cancelled.id AND cancelled.kind = 'order'
LEFT JOIN deletions
    ON seen.tenant = deletions.tenant AND seen.id = deletions.id AND deletions.kind = 'order';
