-- docs/rules.md section 2: payments, contracts and stock vouchers.
CREATE OR REPLACE TABLE payment_received AS
SELECT
    events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
    CAST(events.data ->> '$.amount.amount' AS BIGINT) AS amount,
    events.data ->> '$.amount.currency' AS currency
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'received'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC, amount DESC, currency DESC
) = 1;

CREATE OR REPLACE TABLE payment_reversed AS
SELECT
    events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
    CAST(events.data ->> '$.amount.amount' AS BIGINT) AS amount,
    events.data ->> '$.amount.currency' AS currency
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'reversed'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC, amount DESC NULLS LAST,
        currency DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE payments AS
WITH seen AS (SELECT DISTINCT tenant, subject AS id FROM events WHERE type LIKE 'payment.%')
SELECT
    seen.*, named.customer, named.order_id,
    received.day AS received_day, received.amount, received.currency,
    reversed.day AS reversed_day,
    coalesce(reversed.amount, received.amount) AS reversed_amount,
    coalesce(reversed.currency, received.currency) AS reversed_currency
FROM seen
LEFT JOIN named ON seen.tenant = named.tenant AND seen.id = named.id AND named.kind = 'payment'
LEFT JOIN payment_received AS received
    ON seen.tenant = received.tenant AND seen.id = received.id
LEFT JOIN payment_reversed AS reversed
    ON seen.tenant = reversed.tenant AND seen.id = reversed.id;

CREATE OR REPLACE TABLE contract_renewed AS
SELECT
    events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
    events.data ->> '$.previous_contract_id' AS previous
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'renewed'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC, previous DESC
) = 1;

CREATE OR REPLACE TABLE contract_days AS
WITH said AS (
    SELECT
        tenant, subject AS id, version, unnest(['start', 'end']) AS register,
        unnest(json_extract(data, ['$.effective_from', '$.effective_to'])) AS value
    FROM events
    WHERE type IN ('contract.created', 'contract.updated', 'contract.renewed')
)
SELECT tenant, id, register, version, coalesce(day_of_date(value ->> '$'), 0) AS day
FROM said
WHERE value IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY tenant, id, register ORDER BY version DESC, day DESC
) = 1;

CREATE OR REPLACE TABLE contract_drafts AS
SELECT
    tenant, subject AS id, version,
    coalesce(CAST(data ->> '$.draft' AS BOOLEAN), false) AS draft
FROM events
WHERE
    type IN ('contract.created', 'contract.updated', 'contract.renewed')
    AND given(data, '$.draft')
QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY version DESC, draft DESC) = 1;

CREATE OR REPLACE TABLE contracts AS
WITH seen AS (
    SELECT tenant, subject AS id FROM events WHERE type LIKE 'contract.%'
    UNION
    SELECT tenant, data ->> '$.previous_contract_id' AS id FROM events
    WHERE type = 'contract.renewed'
)
SELECT
    seen.*, named.owner, named.customer,
    money.amount, money.currency,
    created.version IS NOT NULL AS created, created.day AS created_day,
    renewed.day AS renewed_day, renewed.previous,
    nullif(starts.day, 0) AS start_day, nullif(ends.day, 0) AS end_day,
    NOT coalesce(drafts.draft, false) AND cancelled.version IS NULL
        AND deletions.version IS NULL AS live,
    coalesce(ends.day > 0 AND ends.day < starts.day, false) AS doubted
FROM seen
LEFT JOIN named
    ON seen.tenant = named.tenant AND seen.id = named.id AND named.kind = 'contract'
LEFT JOIN amounts AS money
    ON seen.tenant = money.tenant AND seen.id = money.id AND money.kind = 'contract'
LEFT JOIN creations AS created
    ON seen.tenant = created.tenant AND seen.id = created.id AND created.kind = 'contract'
LEFT JOIN contract_renewed AS renewed
    ON seen.tenant = renewed.tenant AND seen.id = renewed.id
LEFT JOIN contract_days AS starts
    ON seen.tenant = starts.tenant AND seen.id = starts.id AND starts.register = 'start'
LEFT JOIN contract_days AS ends
    ON seen.tenant = ends.tenant AND seen.id = ends.id AND ends.register = 'end'
LEFT JOIN contract_drafts AS drafts ON seen.tenant = drafts.tenant AND seen.id = drafts.id
LEFT JOIN cancellations AS cancelled
    ON seen.tenant = cancelled.tenant AND seen.id = cancelled.id
    AND cancelled.kind = 'contract'
LEFT JOIN deletions
    ON seen.tenant = deletions.tenant AND seen.id = deletions.id
    AND deletions.kind = 'contract';

CREATE OR REPLACE TABLE papers AS
SELECT
    tenant, subject AS id, version,
    CASE type WHEN 'stock.issued' THEN 'out' ELSE 'in' END AS direction,
    day_of_date(data ->> '$.voucher_date') AS day,
    coalesce(
        data ->> '$.reason', CASE type WHEN 'stock.issued' THEN 'sale' ELSE 'purchase' END
    ) AS reason,
    data ->> '$.employee_id' AS employee_id,
    data ->> '$.customer_id' AS customer_id,
    goods(data -> '$.lines') AS lines
FROM events
WHERE type IN ('stock.issued', 'stock.received')
QUALIFY row_number() OVER (
    PARTITION BY tenant, id
    ORDER BY version DESC, direction DESC, day DESC, reason DESC, employee_id DESC NULLS LAST,
        customer_id DESC NULLS LAST, lines DESC
) = 1;
