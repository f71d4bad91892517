-- docs/rules.md sections 4 and 5: cells, month sums, gauges and lists.
CREATE OR REPLACE TABLE labelled AS
SELECT contributions.*, texts.dimension
FROM contributions
JOIN dimension_texts AS texts
    ON contributions.currency IS NOT DISTINCT FROM texts.currency
    AND contributions.name IS NOT DISTINCT FROM texts.name
    AND contributions.text IS NOT DISTINCT FROM texts.text;

CREATE OR REPLACE TABLE scoped AS
SELECT tenant, metric, dimension, day, 'employee' AS scope, employee AS scope_id, value
FROM labelled WHERE scopes & 1 > 0
UNION ALL
SELECT tenant, metric, dimension, day, 'department' AS scope, department AS scope_id, value
FROM labelled WHERE scopes & 2 > 0
UNION ALL
SELECT tenant, metric, dimension, day, 'company' AS scope, 'all' AS scope_id, value
FROM labelled WHERE scopes & 4 > 0;

CREATE OR REPLACE TABLE cells AS
SELECT
    CASE WHEN day = 0 THEN 'gauge' ELSE 'cell' END AS grain,
    tenant, metric, dimension, day, scope, scope_id, CAST(sum(value) AS BIGINT) AS value
FROM scoped
GROUP BY ALL
HAVING sum(value) <> 0
UNION ALL
SELECT
    'month sum' AS grain, tenant, metric, dimension, day // 100 AS day, scope, scope_id,
    CAST(sum(value) AS BIGINT) AS value
FROM scoped
WHERE day > 0
GROUP BY ALL
HAVING sum(value) <> 0;

-- Money, seconds and quantities have no list of their own; no list per end of a task; the journey
-- has lists by stage only.
CREATE OR REPLACE TABLE list_rows AS
SELECT DISTINCT
    tenant,
    CASE WHEN dimension = '' THEN metric ELSE metric || '|' || dimension END AS list,
    department, employee, day, kind, id
FROM labelled
WHERE name IS DISTINCT FROM 'end'
AND NOT (
    name IS NULL
    AND metric IN ('journey_entries', 'journey_exits', 'owned_entries', 'owned_exits')
)
AND split_part(metric, '@', 1) NOT IN (
    'talk_seconds_outbound', 'talk_seconds_inbound', 'answer_wait_seconds_inbound',
    'first_call_seconds', 'processing_seconds', 'opportunity_value_won', 'pipeline_value',
    'sales', 'revenue', 'revenue_of_customers', 'paid_goods', 'collections', 'contract_value',
    'products_quantity', 'products_value', 'stock_out_units', 'stock_out_value',
    'stock_in_units', 'stock_in_value'
);

-- Who stands behind a metric, day by day.
CREATE OR REPLACE TABLE visits AS
WITH made AS (
    SELECT tenant, metric, department, employee, day, visit AS customer, text AS value
    FROM labelled WHERE visit IS NOT NULL
    UNION ALL
    SELECT
        tenant, labelled.metric, labelled.department, labelled.employee, labelled.day,
        call_visits.survivor AS customer, NULL AS value
    FROM labelled
    JOIN call_visits USING (tenant, id)
    WHERE labelled.metric IN ('calls_attempted', 'calls_outbound')
)
SELECT *, count(*) AS times FROM made GROUP BY ALL;

DROP TABLE labelled;
DROP TABLE scoped;
