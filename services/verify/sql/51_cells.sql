-- docs/rules.md sections 4 and 5: cells, month sums, gauges and lists.
CREATE OR REPLACE TABLE labelled AS
SELECT contributions.*, texts.dimension
FROM contributions
JOIN dimension_texts AS texts
    ON contributions.currency IS NOT DISTINCT FROM texts.currency
    AND contributions.source IS NOT DISTINCT FROM texts.source
    AND contributions.stage IS NOT DISTINCT FROM texts.stage
    AND contributions.product IS NOT DISTINCT FROM texts.product
    AND contributions.industry IS NOT DISTINCT FROM texts.industry;

CREATE OR REPLACE TABLE scoped AS
SELECT tenant, metric, dimension, day, 'employee' AS scope, employee AS scope_id, value
FROM labelled
UNION ALL
SELECT tenant, metric, dimension, day, 'department' AS scope, department AS scope_id, value
FROM labelled
UNION ALL
SELECT tenant, metric, dimension, day, 'company' AS scope, 'all' AS scope_id, value
FROM labelled;

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

-- Money and seconds have no list of their own.
CREATE OR REPLACE TABLE list_rows AS
SELECT DISTINCT
    tenant,
    CASE WHEN dimension = '' THEN metric ELSE metric || '|' || dimension END AS list,
    department, employee, day, kind, id
FROM labelled
WHERE metric NOT IN (
    'talk_seconds_outbound', 'talk_seconds_inbound', 'answer_wait_seconds_inbound',
    'opportunity_value_won', 'pipeline_value', 'sales', 'revenue'
);

DROP TABLE labelled;
DROP TABLE scoped;
