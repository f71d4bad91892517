-- Facts: existence, one number each, every register, and the indexes which lead to them.
INSERT INTO differences BY NAME
WITH numbered AS (
    SELECT
        tenant, kind, id, count(*) AS times, min(key) AS key,
        string_agg(CAST(field AS VARCHAR), ', ' ORDER BY field) AS numbers
    FROM found_facts
    GROUP BY ALL
)
SELECT
    CASE
        WHEN found.id IS NULL THEN 'missing fact'
        WHEN facts.id IS NULL THEN 'surplus fact'
        ELSE 'doubled fact'
    END AS what,
    coalesce(facts.tenant, found.tenant) AS tenant, coalesce(found.key, keys.key) AS key,
    coalesce(facts.kind || ' ' || facts.id, found.kind || ' ' || found.id) AS item,
    CASE WHEN facts.id IS NULL THEN 'no fact' ELSE 'one fact' END AS expected,
    coalesce('number ' || found.numbers, 'no fact') AS found,
    keys.key AS also
FROM facts
FULL JOIN numbered AS found
    ON facts.tenant = found.tenant AND facts.kind = found.kind AND facts.id = found.id
LEFT JOIN fact_keys AS keys
    ON facts.tenant = keys.tenant AND facts.kind = keys.kind AND facts.id = keys.id
WHERE found.id IS NULL OR facts.id IS NULL OR found.times > 1;

INSERT INTO differences BY NAME
WITH expected AS (
    SELECT tenant, kind, id, register, coalesce(value, 'null') AS value FROM registers
),
held AS (
    SELECT facts.key, facts.tenant, facts.kind, facts.id, facts.field
    FROM found_facts AS facts
    SEMI JOIN facts AS known USING (tenant, kind, id)
),
wanted AS (
    SELECT held.key, held.tenant, held.kind, held.id, held.field, expected.register, expected.value
    FROM held
    JOIN expected USING (tenant, kind, id)
),
found AS (
    SELECT held.key, held.tenant, held.kind, held.id, held.field, stored.register, stored.value
    FROM held
    JOIN found_registers AS stored USING (tenant, field)
)
SELECT
    'altered fact' AS what, coalesce(wanted.tenant, found.tenant) AS tenant,
    coalesce(wanted.key, found.key) AS key,
    coalesce(wanted.kind, found.kind) || ' ' || coalesce(wanted.id, found.id) || ' '
        || coalesce(wanted.register, found.register) AS item,
    coalesce(wanted.value, 'nothing') AS expected, coalesce(found.value, 'nothing') AS found
FROM wanted
FULL JOIN found
    ON wanted.tenant = found.tenant AND wanted.field = found.field
    AND wanted.register = found.register
WHERE wanted.value IS DISTINCT FROM found.value;

INSERT INTO differences BY NAME
SELECT
    'misplaced fact' AS what, tenant, key, kind || ' ' || id AS item,
    'number ' || field AS expected, 'number ' || number AS found
FROM found_facts
WHERE number <> field OR NOT ends_with(key, ':f:' || field // 64);

-- number -> fact -> index entry, both ways.
INSERT INTO differences BY NAME
SELECT
    'missing number' AS what, facts.tenant, keys.key, keys.name AS item,
    facts.field AS expected, 'none' AS found
FROM found_facts AS facts
JOIN fact_keys AS keys USING (tenant, kind, id)
ANTI JOIN found_numbers AS numbers
    ON numbers.key = keys.key AND numbers.name = keys.name;

INSERT INTO differences BY NAME
SELECT
    'stray number' AS what, numbers.tenant, numbers.key, numbers.name AS item,
    coalesce(CAST(facts.field AS VARCHAR), 'no such fact') AS expected, numbers.number AS found,
    tenant_keys.prefix || 'f:' || numbers.number // 64 AS also
FROM found_numbers AS numbers
LEFT JOIN tenant_keys ON tenant_keys.tenant = numbers.tenant
LEFT JOIN tags ON tags.tag = numbers.name[1]
LEFT JOIN fact_keys AS keys
    ON keys.tenant = numbers.tenant AND keys.kind = tags.kind
    AND keys.id = substr(numbers.name, 2)
LEFT JOIN found_facts AS facts
    ON facts.tenant = numbers.tenant AND facts.kind = tags.kind
    AND facts.id = substr(numbers.name, 2) AND facts.field = numbers.number
WHERE facts.field IS NULL OR (keys.key IS NOT NULL AND keys.key <> numbers.key);
