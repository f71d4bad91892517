-- docs/rules.md section 3: products sold and returned, and stock vouchers.
CREATE OR REPLACE TABLE sold AS
SELECT * FROM live_orders WHERE approved AND len(lines) > 0 AND NOT doubted;

CREATE OR REPLACE TABLE moved AS
WITH lines AS (
    SELECT tenant, id, owner, day, 1 AS sign, unnest(lines) AS line FROM sold
    UNION ALL
    SELECT
        returned.tenant, returned.id, live_orders.owner, returned.day, -1 AS sign,
        unnest(returned.lines) AS line
    FROM order_returns AS returned
    JOIN live_orders USING (tenant, id)
    WHERE live_orders.approved
)
SELECT
    tenant, id, owner, day, line.product, sign * line.thousandths AS thousandths,
    line.currency, sign * line.amount AS amount
FROM lines;

INSERT INTO claims BY NAME
SELECT
    tenant, 'order' AS kind, id, 'products_quantity' AS metric, day, day AS works_on,
    owner AS employee, unnest([NULL, 'product']) AS name, unnest([NULL, product]) AS text,
    thousandths AS value
FROM moved;

INSERT INTO claims BY NAME
SELECT
    tenant, 'order' AS kind, id, 'products_value' AS metric, day, day AS works_on,
    owner AS employee, currency, unnest([NULL, 'product']) AS name,
    unnest([NULL, product]) AS text, amount AS value
FROM moved;

INSERT INTO claims BY NAME
SELECT
    tenant, 'order' AS kind, id, 'products_orders' AS metric, day, day AS works_on,
    owner AS employee, NULL AS name, NULL AS text, 1 AS value, survivor AS visit
FROM sold
UNION ALL
SELECT DISTINCT
    tenant, 'order' AS kind, id, 'products_orders' AS metric, day, day AS works_on,
    owner AS employee, 'product' AS name, unnest(lines).product AS text, 1 AS value,
    survivor AS visit
FROM sold;

CREATE OR REPLACE TABLE vouchers AS
SELECT papers.*
FROM papers
ANTI JOIN (FROM deletions WHERE kind = 'voucher') AS voided USING (tenant, id);

INSERT INTO claims BY NAME
WITH dimensions AS (
    SELECT *, NULL AS name, NULL AS text FROM vouchers
    WHERE direction = 'out' OR reason <> 'transfer'
    UNION ALL
    SELECT *, 'reason' AS name, reason AS text FROM vouchers
),
goods AS (
    SELECT * EXCLUDE (lines), unnest(lines) AS line FROM dimensions
)
SELECT
    tenant, 'voucher' AS kind, id, 'stock_' || direction AS metric, day, day AS works_on,
    employee_id AS employee, NULL AS currency, name, text, 1 AS value
FROM dimensions
UNION ALL
SELECT
    tenant, 'voucher' AS kind, id, 'stock_' || direction || '_units' AS metric, day,
    day AS works_on, employee_id AS employee, NULL AS currency, name, text,
    line.thousandths AS value
FROM goods
UNION ALL
SELECT
    tenant, 'voucher' AS kind, id, 'stock_' || direction || '_value' AS metric, day,
    day AS works_on, employee_id AS employee, line.currency, name, text, line.amount AS value
FROM goods;
