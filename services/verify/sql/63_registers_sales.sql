-- Every register of a fact as the JSON array of its values: sales, money and stock.
CREATE OR REPLACE MACRO goods_json(lines) AS to_json(list_transform(
    lines,
    lambda line: json_array(line.product, line.thousandths, line.amount, line.currency)
));

INSERT INTO registers BY NAME
SELECT
    tenant, kind, id, register, CAST(json_array(version, text) AS VARCHAR) AS value
FROM texts
UNION ALL
SELECT
    tenant, kind, id, register,
    CAST(json_array(version, json_array(amount, currency)) AS VARCHAR) AS value
FROM amounts
UNION ALL
SELECT
    tenant, kind, id, 'created' AS register,
    CAST(json_array(version, at_ms, day) AS VARCHAR) AS value
FROM creations
UNION ALL
SELECT
    tenant, kind, id, 'cancelled' AS register,
    CAST(json_array(version, at_ms) AS VARCHAR) AS value
FROM cancellations
UNION ALL
SELECT
    tenant, 'opportunity' AS kind, id, 'closed' AS register,
    CAST(json_array(version, at_ms, day, outcome) AS VARCHAR) AS value
FROM opportunity_closed
UNION ALL
SELECT
    tenant, 'order' AS kind, id, 'order_day' AS register,
    CAST(json_array(version, day) AS VARCHAR) AS value
FROM order_days
UNION ALL
SELECT
    tenant, 'order' AS kind, id, 'approval' AS register,
    CAST(json_array(version, state, at_ms, day, actor) AS VARCHAR) AS value
FROM order_approvals
UNION ALL
SELECT
    tenant, 'order' AS kind, id, 'lines' AS register,
    CAST(json_array(version, goods_json(lines)) AS VARCHAR) AS value
FROM order_lines
UNION ALL
SELECT
    tenant, 'order' AS kind, id, 'returns.' || return_id AS register,
    CAST(json_array(version, at_ms, day, goods_json(lines)) AS VARCHAR) AS value
FROM order_returns
UNION ALL
SELECT
    tenant, 'payment' AS kind, id, 'received' AS register,
    CAST(json_array(version, at_ms, day, json_array(amount, currency)) AS VARCHAR) AS value
FROM payment_received
UNION ALL
SELECT
    tenant, 'payment' AS kind, id, 'reversed' AS register,
    CAST(
        json_array(
            version, at_ms, day,
            CASE WHEN amount IS NOT NULL THEN json_array(amount, currency) END
        ) AS VARCHAR
    ) AS value
FROM payment_reversed
UNION ALL
SELECT
    tenant, 'contract' AS kind, id, 'renewed' AS register,
    CAST(json_array(version, at_ms, day, previous) AS VARCHAR) AS value
FROM contract_renewed
UNION ALL
SELECT
    tenant, 'contract' AS kind, id, register,
    CAST(json_array(version, day) AS VARCHAR) AS value
FROM contract_days
UNION ALL
SELECT
    tenant, 'contract' AS kind, id, 'draft' AS register,
    CAST(json_array(version, draft) AS VARCHAR) AS value
FROM contract_drafts
UNION ALL
SELECT
    tenant, 'voucher' AS kind, id, 'paper' AS register,
    CAST(
        json_array(
            version, direction, day, reason, employee_id, customer_id, goods_json(lines)
        ) AS VARCHAR
    ) AS value
FROM papers;
