-- Scored lists and visits: every member with its score, every customer with its count.
INSERT INTO differences BY NAME
WITH expected AS (
    SELECT keys.key, scored.tenant, scored.kind, scored.id, scored.score
    FROM scored
    JOIN scored_keys AS keys USING (tenant, list, department, employee)
),
found AS (
    SELECT
        held.key, held.tenant, entities.kind, held.number, held.score,
        coalesce(entities.id, 'number ' || held.number) AS id
    FROM found_scored AS held
    LEFT JOIN entities USING (tenant, number)
)
SELECT
    CASE
        WHEN found.key IS NULL THEN 'missing score'
        WHEN expected.key IS NULL THEN 'surplus score'
        ELSE 'changed score'
    END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.kind, found.kind, 'unknown') || ' ' || coalesce(expected.id, found.id)
        AS item,
    expected.score AS expected, found.score AS found,
    coalesce(keys.key, tenant_keys.prefix || 'f:' || found.number // 64) AS also
FROM expected
FULL JOIN found
    ON expected.key = found.key AND expected.kind = found.kind AND expected.id = found.id
LEFT JOIN fact_keys AS keys
    ON expected.tenant = keys.tenant AND expected.kind = keys.kind AND expected.id = keys.id
LEFT JOIN tenant_keys ON tenant_keys.tenant = found.tenant
WHERE expected.score IS DISTINCT FROM found.score;

INSERT INTO differences BY NAME
WITH expected AS (
    SELECT
        visits.tenant, visits.customer, visits.day % 100 AS day, visits.value, visits.times,
        keys.key
    FROM visits
    JOIN visit_keys AS keys
        ON visits.tenant = keys.tenant AND visits.metric = keys.metric
        AND visits.department = keys.department AND visits.employee = keys.employee
        AND visits.day // 100 = keys.month
),
found AS (
    SELECT
        held.key, held.tenant, held.day, held.value, held.number, held.times,
        coalesce(entities.id, 'number ' || held.number) AS customer
    FROM found_visits AS held
    LEFT JOIN entities
        ON held.tenant = entities.tenant AND held.number = entities.number
        AND entities.kind = 'customer'
)
SELECT
    CASE
        WHEN found.key IS NULL THEN 'missing visit'
        WHEN expected.key IS NULL THEN 'surplus visit'
        ELSE 'changed visit'
    END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    'day ' || coalesce(expected.day, found.day) || ' customer '
        || coalesce(expected.customer, found.customer)
        || coalesce(' of ' || coalesce(expected.value, found.value), '') AS item,
    expected.times AS expected, found.times AS found,
    coalesce(keys.key, tenant_keys.prefix || 'f:' || found.number // 64) AS also
FROM expected
FULL JOIN found
    ON expected.key = found.key AND expected.day = found.day
    AND expected.customer = found.customer AND expected.value IS NOT DISTINCT FROM found.value
LEFT JOIN fact_keys AS keys
    ON expected.tenant = keys.tenant AND keys.kind = 'customer' AND expected.customer = keys.id
LEFT JOIN tenant_keys ON tenant_keys.tenant = found.tenant
WHERE expected.times IS DISTINCT FROM found.times;
