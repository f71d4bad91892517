-- docs/rules.md section 3: what customers contribute. `works_on` is the day on which the
-- employee's department is looked up; 99999999 is 'now'.
CREATE OR REPLACE TABLE claims (
    tenant VARCHAR, kind VARCHAR, id VARCHAR, metric VARCHAR, day INTEGER, works_on INTEGER,
    employee VARCHAR, currency VARCHAR, source VARCHAR, stage VARCHAR, product VARCHAR,
    industry VARCHAR, value BIGINT
);

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'customers_new' AS metric, created_day AS day,
    99999999 AS works_on, owner AS employee, 1 AS value
FROM customers WHERE created AND deleted IS NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'customers_new' AS metric, created_day AS day,
    99999999 AS works_on, owner AS employee, unnest(sources) AS source, 1 AS value
FROM customers WHERE created AND deleted IS NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'customers_found' AS metric, created_day AS day,
    created_day AS works_on, creator AS employee, 1 AS value
FROM customers WHERE created;

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'customers_assigned' AS metric, 0 AS day,
    99999999 AS works_on, owner AS employee, 1 AS value
FROM customers WHERE known AND deleted IS NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'customers_assigned' AS metric, 0 AS day,
    99999999 AS works_on, owner AS employee, unnest(sources) AS source, 1 AS value
FROM customers WHERE known AND deleted IS NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'customers_assigned' AS metric, 0 AS day,
    99999999 AS works_on, owner AS employee, stage, 1 AS value
FROM customers WHERE known AND deleted IS NULL;

CREATE OR REPLACE TABLE stage_entries AS
WITH ordered AS (
    SELECT
        *,
        lag(stage) OVER (
            PARTITION BY tenant, id
            ORDER BY version, at_ms, stage NULLS FIRST, day, actor NULLS FIRST
        ) AS before
    FROM customer_stages
),
entered AS (
    SELECT row_number() OVER () AS entry, * EXCLUDE (before)
    FROM ordered
    WHERE stage IS NOT NULL AND stage IS DISTINCT FROM before
),
owned AS (
    SELECT entered.entry, owners.owner
    FROM entered
    JOIN customer_owners AS owners
        ON entered.tenant = owners.tenant AND entered.id = owners.id
        AND owners.at_ms <= entered.at_ms
    WHERE entered.actor IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY entered.entry
        ORDER BY owners.at_ms DESC, owners.version DESC, owners.owner DESC NULLS LAST
    ) = 1
)
SELECT
    entered.tenant, entered.id, entered.day, entered.stage,
    coalesce(entered.actor, owned.owner) AS employee
FROM entered
LEFT JOIN owned USING (entry);

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'stage_entries' AS metric, day, day AS works_on, employee,
    unnest([NULL, stage]) AS stage, 1 AS value
FROM stage_entries;
