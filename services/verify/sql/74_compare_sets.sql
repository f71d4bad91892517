-- Facts that refer to a fact, people and departments, words, and what is kept once per tenant.
INSERT INTO differences BY NAME
WITH found AS (
    SELECT
        related.key, related.about AS about_number, related.tenant, about.kind || ' ' || about.id AS about, entities.kind,
        coalesce(entities.id, 'number ' || related.number) AS id, related.number
    FROM found_related AS related
    LEFT JOIN entities AS about
        ON about.tenant = related.tenant AND about.number = related.about
    LEFT JOIN entities
        ON entities.tenant = related.tenant AND entities.number = related.number
),
expected AS (
    SELECT
        tenant_keys.prefix || CASE
            WHEN apart.about IS NULL THEN 'r:' || numbered.field // 64 ELSE 'rs:' || numbered.field
        END AS key,
        numbered.field AS about_number,
        referred.tenant, referred.to_kind || ' ' || referred.to_id AS about, referred.kind,
        referred.id
    FROM referred
    JOIN tenant_keys USING (tenant)
    JOIN found_facts AS numbered
        ON numbered.tenant = referred.tenant AND numbered.id = referred.to_id
        AND numbered.kind = referred.to_kind
    LEFT JOIN found_apart AS apart
        ON apart.tenant = referred.tenant AND apart.about = numbered.field
)
SELECT
    CASE WHEN found.key IS NULL THEN 'missing relation' ELSE 'surplus relation' END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.kind, found.kind, 'unknown') || ' ' || coalesce(expected.id, found.id)
        AS item,
    expected.about AS expected, found.about AS found,
    coalesce(keys.key, tenant_keys.prefix || 'f:' || found.number // 64) AS also
FROM expected
FULL JOIN found
    ON expected.key = found.key AND expected.about_number = found.about_number
    AND expected.kind = found.kind AND expected.id = found.id
LEFT JOIN fact_keys AS keys
    ON expected.tenant = keys.tenant AND expected.kind = keys.kind AND expected.id = keys.id
LEFT JOIN tenant_keys ON tenant_keys.tenant = found.tenant
WHERE expected.key IS NULL OR found.key IS NULL;

INSERT INTO differences BY NAME
WITH expected AS (
    SELECT
        facts.tenant, facts.kind, facts.id,
        CASE facts.kind WHEN 'term' THEN tenant_keys.terms ELSE tenant_keys.org END AS key
    FROM facts
    JOIN tenant_keys USING (tenant)
    WHERE facts.kind IN ('employee', 'department', 'term')
),
held AS (
    SELECT *, 'person' AS what FROM found_org
    UNION ALL
    SELECT *, 'term' AS what FROM found_terms
),
found AS (
    SELECT
        held.key, held.tenant, held.what, entities.kind,
        coalesce(entities.id, 'number ' || held.number) AS id
    FROM held
    LEFT JOIN entities USING (tenant, number)
)
SELECT
    CASE WHEN found.key IS NULL THEN 'missing ' ELSE 'surplus ' END
    || coalesce(found.what, CASE expected.kind WHEN 'term' THEN 'term' ELSE 'person' END) AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.kind, found.kind, 'unknown') || ' ' || coalesce(expected.id, found.id)
        AS item,
    expected.id AS expected, found.id AS found
FROM expected
FULL JOIN found
    ON expected.key = found.key AND expected.kind = found.kind AND expected.id = found.id
WHERE expected.key IS NULL OR found.key IS NULL;

INSERT INTO differences BY NAME
SELECT
    'number not reserved' AS what, facts.tenant, tenant_keys.meta AS key, 'next_number' AS item,
    'above ' || max(facts.field) AS expected, any_value(stored.value) AS found
FROM (FROM found_facts SEMI JOIN facts USING (tenant, kind, id)) AS facts
JOIN tenant_keys USING (tenant)
LEFT JOIN found_values AS stored
    ON stored.key = tenant_keys.meta AND stored.field = 'next_number'
GROUP BY facts.tenant, tenant_keys.meta
HAVING coalesce(max(TRY_CAST(stored.value AS BIGINT)), 0) <= max(facts.field);

-- Settings, API keys and counted conflicts. What was never said may stand as a default.
INSERT INTO differences BY NAME
WITH expected AS (
    SELECT
        said.*,
        CASE said.hash
            WHEN 'meta' THEN tenant_keys.meta
            WHEN 'keys' THEN tenant_keys.keys
            WHEN 'config' THEN tenant_keys.config
            ELSE tenant_keys.quality
        END AS key
    FROM tenant_values AS said
    JOIN tenant_keys USING (tenant)
),
found AS (
    SELECT * FROM found_values
    WHERE hash IN ('keys', 'config') OR (hash = 'quality' AND field = 'duplicate_id')
    OR (
        hash = 'meta'
        AND field IN (
            'name', 'time_zone', 'currency', 'region', 'feeds', 'modules_off', 'locks',
            'thresholds', 'configured'
        )
    )
)
SELECT
    CASE coalesce(expected.hash, found.hash)
        WHEN 'keys' THEN 'wrong API key' WHEN 'meta' THEN 'wrong setting'
        WHEN 'config' THEN 'wrong document'
        ELSE 'wrong quality count'
    END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.field, found.field) AS item, expected.value AS expected,
    found.value AS found
FROM expected
FULL JOIN found ON expected.key = found.key AND expected.field = found.field
WHERE expected.value IS DISTINCT FROM found.value
AND NOT (
    expected.value IS NULL AND found.hash = 'meta'
    AND (
        found.field IN ('name', 'time_zone', 'currency', 'region')
        OR found.value IN ('', '[]', '0')
    )
)
AND NOT (found.value IS NULL AND expected.hash = 'meta' AND expected.value = '');

INSERT INTO differences BY NAME
WITH expected AS (SELECT tenant, tenants AS key FROM tenant_keys)
SELECT
    CASE WHEN found.key IS NULL THEN 'missing tenant' ELSE 'surplus tenant' END AS what,
    coalesce(expected.tenant, found.member) AS tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.tenant, found.member) AS item, expected.tenant AS expected,
    found.member AS found
FROM expected
FULL JOIN found_tenants AS found
    ON expected.key = found.key AND expected.tenant = found.member
WHERE expected.key IS NULL OR found.key IS NULL;
