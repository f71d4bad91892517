-- Lists: the facts behind every figure, by entity, each once.
INSERT INTO differences BY NAME
WITH expected AS (
    SELECT keys.key, list_rows.tenant, list_rows.kind, list_rows.id
    FROM list_rows
    JOIN posting_keys AS keys USING (tenant, list, department, employee, day)
),
found AS (
    SELECT
        postings.key, postings.tenant, entities.kind,
        coalesce(entities.id, 'number ' || postings.number) AS id, count(*) AS times,
        any_value(postings.number) AS number,
        string_agg(CAST(postings.number AS VARCHAR), ', ' ORDER BY postings.number) AS numbers
    FROM found_postings AS postings
    LEFT JOIN entities USING (tenant, number)
    GROUP BY ALL
)
SELECT
    CASE
        WHEN found.key IS NULL THEN 'missing list row'
        WHEN expected.key IS NULL THEN 'surplus list row'
        ELSE 'doubled list row'
    END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.kind, found.kind, 'unknown') || ' ' || coalesce(expected.id, found.id)
        AS item,
    CASE WHEN expected.key IS NULL THEN 0 ELSE 1 END AS expected,
    coalesce('number ' || found.numbers, '0') AS found,
    coalesce(keys.key, tenant_keys.prefix || 'f:' || found.number // 64) AS also
FROM expected
FULL JOIN found
    ON expected.key = found.key AND expected.kind = found.kind AND expected.id = found.id
LEFT JOIN fact_keys AS keys
    ON expected.tenant = keys.tenant AND expected.kind = keys.kind AND expected.id = keys.id
LEFT JOIN tenant_keys ON tenant_keys.tenant = found.tenant
WHERE expected.key IS NULL OR found.key IS NULL OR found.times > 1;

-- `days` and `pairs` let a reader find the lists: they must cover every one.
INSERT INTO differences BY NAME
SELECT
    'list not in days' AS what, keys.tenant, keys.days_key AS key, keys.day AS item,
    'a member' AS expected, 'none' AS found
FROM (SELECT DISTINCT tenant, days_key, day FROM posting_keys) AS keys
ANTI JOIN found_days AS found
    ON keys.days_key = found.key AND CAST(keys.day AS VARCHAR) = found.member;

INSERT INTO differences BY NAME
SELECT
    'list not in pairs' AS what, keys.tenant, keys.pairs_key AS key, keys.pair AS item,
    'a member' AS expected, 'none' AS found
FROM (
    SELECT tenant, pairs_key, pair FROM posting_keys
    UNION
    SELECT tenant, pairs_key, pair FROM scored_keys
    UNION
    SELECT tenant, pairs_key, pair FROM visit_keys
) AS keys
ANTI JOIN found_pairs AS found ON keys.pairs_key = found.key AND keys.pair = found.member;
