-- docs/rules.md section 3: what customers contribute. `works_on` is the day on which the
-- employee's department is looked up; 99999999 is 'now'. `name` and `text` are the dimension
-- beside the currency. `visit`: the customer remembered behind it. `scopes`: where it counts,
-- 1 for the employee, 2 the department, 4 the company; NULL is everywhere.
CREATE OR REPLACE TABLE claims (
    tenant VARCHAR, kind VARCHAR, id VARCHAR, metric VARCHAR, day INTEGER, works_on INTEGER,
    employee VARCHAR, department VARCHAR, currency VARCHAR, name VARCHAR, text VARCHAR,
    value BIGINT, visit VARCHAR, scopes INTEGER
);

CREATE OR REPLACE TABLE living AS
SELECT customers.*, groups.* EXCLUDE (tenant, id, known), groups.known AS group_known
FROM groups
JOIN customers USING (tenant, id)
WHERE NOT customers.deleted;

-- Cohorts: on a day of the past, for who owns the customer now.
INSERT INTO claims BY NAME
WITH dated AS (
    SELECT tenant, id, owner, created.day, 'customers_new' AS metric,
        NULL AS name, NULL AS text, 1 AS value
    FROM living
    UNION ALL
    SELECT tenant, id, owner, created.day, 'customers_new', 'source', unnest(sources), 1
    FROM living
    UNION ALL
    SELECT tenant, id, owner, created.day, 'customers_new', 'first_source', source, 1
    FROM living
    UNION ALL
    SELECT tenant, id, owner, unnest([created.day, bought]),
        unnest(['customers_converted', 'customers_first_bought']), NULL, NULL, 1
    FROM living WHERE bought IS NOT NULL
    UNION ALL
    SELECT tenant, id, owner, created.day,
        unnest(['customers_called', 'first_call_seconds']), NULL, NULL,
        unnest([1, greatest(first_call - created.ms, 0) // 1000])
    FROM living WHERE first_call IS NOT NULL
    UNION ALL
    SELECT tenant, id, owner, created.day, 'customers_reached', NULL, NULL, 1
    FROM living
    SEMI JOIN (FROM customer_stages WHERE stage IS NOT NULL) AS staged USING (tenant, id)
    UNION ALL
    SELECT living.tenant, living.id, living.owner, living.created.day,
        'customers_reached', 'stage', staged.stage, 1
    FROM living
    JOIN (SELECT DISTINCT tenant, id, stage FROM customer_stages WHERE stage IS NOT NULL)
        AS staged USING (tenant, id)
)
SELECT
    tenant, 'customer' AS kind, id, metric, day, 99999999 AS works_on, owner AS employee,
    name, text, value
FROM dated
WHERE day IS NOT NULL
AND (tenant, id) IN (SELECT (tenant, id) FROM living WHERE created IS NOT NULL);

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'customers_found' AS metric, created.day AS day,
    created.day AS works_on, created.creator AS employee, 1 AS value
FROM groups WHERE created IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'customers_assigned' AS metric, 0 AS day,
    99999999 AS works_on, owner AS employee,
    unnest([NULL, 'stage', 'industry', 'province', 'gender']) AS name,
    unnest([NULL, stage, industry, province, gender]) AS text, 1 AS value
FROM living WHERE group_known;

INSERT INTO claims BY NAME
SELECT
    tenant, 'customer' AS kind, id, 'customers_assigned' AS metric, 0 AS day,
    99999999 AS works_on, owner AS employee, 'source' AS name, unnest(sources) AS text,
    1 AS value
FROM living WHERE group_known;

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
    unnest([NULL, 'stage']) AS name, unnest([NULL, stage]) AS text, 1 AS value
FROM stage_entries;
