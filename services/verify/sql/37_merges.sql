-- docs/rules.md section 2: who stands for a merged customer. In a circle, the smallest id.
CREATE OR REPLACE TABLE survivors AS
WITH RECURSIVE edges AS (
    SELECT tenant, id, into_id FROM customer_merged WHERE id <> into_id
),
reached (tenant, start, id) AS (
    SELECT tenant, id, into_id FROM edges
    UNION
    SELECT reached.tenant, reached.start, edges.into_id
    FROM reached
    JOIN edges ON reached.tenant = edges.tenant AND reached.id = edges.id
),
ends AS (
    SELECT reached.tenant, reached.start, reached.id
    FROM reached
    ANTI JOIN edges ON reached.tenant = edges.tenant AND reached.id = edges.id
    UNION ALL
    SELECT reached.tenant, reached.start, reached.id
    FROM reached
    JOIN reached AS back
        ON reached.tenant = back.tenant AND reached.id = back.start AND reached.id = back.id
)
SELECT tenant, start AS id, min(id) AS survivor FROM ends GROUP BY ALL;

-- Of every customer: who stands for it, and what that one says.
CREATE OR REPLACE TABLE buyers AS
SELECT
    customers.tenant, customers.id, standing.id AS survivor, NOT standing.deleted AS alive,
    standing.owner, standing.source, standing.industry, standing.province
FROM customers
LEFT JOIN survivors USING (tenant, id)
JOIN customers AS standing
    ON customers.tenant = standing.tenant
    AND coalesce(survivors.survivor, customers.id) = standing.id;
