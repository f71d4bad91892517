-- docs/rules.md section 3: what opportunities and orders contribute.
INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'opportunities_created' AS metric,
    created_day AS day, created_day AS works_on, owner AS employee, 1 AS value
FROM sales WHERE kind = 'opportunity' AND created_day IS NOT NULL;

CREATE OR REPLACE TABLE deals AS
SELECT sales.*, closed.day, closed.outcome
FROM sales JOIN opportunity_closed AS closed USING (tenant, id)
WHERE sales.kind = 'opportunity';

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'opportunities_closed' AS metric,
    day, day AS works_on, owner AS employee, 1 AS value
FROM deals;

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'opportunities_' || outcome AS metric,
    day, day AS works_on, owner AS employee, unnest([NULL, product]) AS product, 1 AS value
FROM deals;

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'opportunity_value_won' AS metric, day, day AS works_on,
    owner AS employee, currency, unnest([NULL, product]) AS product, amount AS value
FROM deals WHERE outcome = 'won';

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'opportunities_won' AS metric, day, day AS works_on, owner AS employee,
    unnest([source, NULL]) AS source, unnest([NULL, industry]) AS industry, 1 AS value
FROM deals WHERE outcome = 'won' AND customer IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'opportunity_value_won' AS metric, day, day AS works_on,
    owner AS employee, currency,
    unnest([source, NULL]) AS source, unnest([NULL, industry]) AS industry, amount AS value
FROM deals WHERE outcome = 'won' AND customer IS NOT NULL;

CREATE OR REPLACE TABLE open_deals AS
SELECT * FROM sales
WHERE kind = 'opportunity' AND created
AND NOT EXISTS (
    SELECT 1 FROM opportunity_closed AS closed
    WHERE closed.tenant = sales.tenant AND closed.id = sales.id
);

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'pipeline_open' AS metric, 0 AS day, 99999999 AS works_on,
    owner AS employee, 1 AS value
FROM open_deals;

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'pipeline_value' AS metric, 0 AS day, 99999999 AS works_on,
    owner AS employee, currency, amount AS value
FROM open_deals;

CREATE OR REPLACE TABLE live_orders AS
SELECT sales.*, order_days.day, coalesce(approvals.approved, false) AS approved
FROM sales
JOIN order_days USING (tenant, id)
LEFT JOIN order_approvals AS approvals USING (tenant, id)
LEFT JOIN order_cancelled AS cancelled USING (tenant, id)
WHERE sales.kind = 'order' AND sales.created AND cancelled.version IS NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id,
    unnest(['orders', CASE WHEN approved THEN 'orders_approved' ELSE 'orders_pending' END])
        AS metric,
    day, day AS works_on, owner AS employee, 1 AS value
FROM live_orders;

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, unnest(CASE WHEN approved THEN ['sales', 'revenue'] ELSE ['sales'] END)
        AS metric,
    day, day AS works_on, owner AS employee, currency, amount AS value
FROM live_orders;

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'orders_approved' AS metric, day, day AS works_on, owner AS employee,
    unnest([source, NULL]) AS source, unnest([NULL, industry]) AS industry, 1 AS value
FROM live_orders WHERE approved;

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'revenue' AS metric, day, day AS works_on, owner AS employee, currency,
    unnest([source, NULL]) AS source, unnest([NULL, industry]) AS industry, amount AS value
FROM live_orders WHERE approved;
