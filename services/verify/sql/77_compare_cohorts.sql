-- What customers carry for the cohort reports, mark by mark; the customers of a day; the words.
INSERT INTO differences BY NAME
WITH expected AS (
    SELECT held.key, held.field, marks.* FROM marks
    JOIN found_facts AS held
        ON held.tenant = marks.tenant AND held.kind = 'customer' AND held.id = marks.customer
),
found AS (
    SELECT
        stored.key, stored.tenant, stored.field, stored.register, entities.kind,
        coalesce(entities.id, 'number ' || stored.number) AS id,
        any_value(stored.number) AS number,
        string_agg(stored.value, ',' ORDER BY stored.value) AS value
    FROM found_marks AS stored
    LEFT JOIN entities USING (tenant, number)
    GROUP BY ALL
)
SELECT
    CASE
        WHEN found.key IS NULL THEN 'missing mark'
        WHEN expected.key IS NULL THEN 'surplus mark'
        ELSE 'changed mark'
    END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    'customer ' || coalesce(expected.customer, owner.id, 'number ' || found.field) || ' '
        || coalesce(expected.register, found.register) || ' '
        || coalesce(expected.kind, found.kind, 'unknown') || ' '
        || coalesce(expected.id, found.id) AS item,
    expected.value AS expected, found.value AS found,
    coalesce(keys.key, tenant_keys.prefix || 'f:' || found.number // 64) AS also
FROM expected
FULL JOIN found
    ON expected.tenant = found.tenant AND expected.field = found.field
    AND expected.register = found.register AND expected.kind = found.kind
    AND expected.id = found.id
LEFT JOIN fact_keys AS keys
    ON expected.tenant = keys.tenant AND expected.kind = keys.kind AND expected.id = keys.id
LEFT JOIN tenant_keys ON tenant_keys.tenant = found.tenant
LEFT JOIN entities AS owner ON owner.tenant = found.tenant AND owner.number = found.field
WHERE expected.value IS DISTINCT FROM found.value;

INSERT INTO differences BY NAME
WITH expected AS (
    SELECT keys.key, cohorts.tenant, cohorts.id
    FROM cohorts
    JOIN cohort_keys AS keys USING (tenant, cohort, day)
),
found AS (
    SELECT
        held.key, held.tenant, held.number,
        coalesce(entities.id, 'number ' || held.number) AS id, count(*) AS times
    FROM found_cohorts AS held
    LEFT JOIN entities
        ON held.tenant = entities.tenant AND held.number = entities.number
        AND entities.kind = 'customer'
    GROUP BY ALL
)
SELECT
    CASE WHEN found.key IS NULL THEN 'missing in cohort' ELSE 'surplus in cohort' END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    'customer ' || coalesce(expected.id, found.id) AS item, expected.id AS expected,
    found.id AS found,
    coalesce(keys.key, tenant_keys.prefix || 'f:' || found.number // 64) AS also
FROM expected
FULL JOIN found ON expected.key = found.key AND expected.id = found.id
LEFT JOIN fact_keys AS keys
    ON expected.tenant = keys.tenant AND keys.kind = 'customer' AND expected.id = keys.id
LEFT JOIN tenant_keys ON tenant_keys.tenant = found.tenant
WHERE expected.key IS NULL OR found.key IS NULL;

INSERT INTO differences BY NAME
WITH expected AS (
    SELECT words.tenant, words.word, tenant_keys.words AS key
    FROM words
    JOIN tenant_keys USING (tenant)
)
SELECT
    CASE
        WHEN found.key IS NULL THEN 'missing word'
        WHEN expected.key IS NULL THEN 'surplus word'
        ELSE 'changed word'
    END AS what,
    expected.tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.word, found.word) AS item,
    CASE WHEN expected.key IS NOT NULL THEN '1' END AS expected, found.value AS found
FROM expected
FULL JOIN found_words AS found ON expected.key = found.key AND expected.word = found.word
WHERE expected.key IS NULL OR found.value IS DISTINCT FROM '1';
