-- docs/rules.md section 2: the words and aims of a company.
CREATE OR REPLACE TABLE term_profiles AS
SELECT
    tenant, (data ->> '$.kind') || ':' || subject AS id, version,
    data ->> '$.name' AS name,
    CASE
        WHEN json_type(json_extract(data, '$.tags')) = 'ARRAY'
            THEN list_sort(list_distinct(CAST(json_extract(data, '$.tags') AS VARCHAR[])))
        ELSE CAST([] AS VARCHAR[])
    END AS tags,
    coalesce(CAST(data ->> '$.position' AS BIGINT), 0) AS position,
    coalesce(CAST(data ->> '$.active' AS BOOLEAN), true) AS active
FROM events
WHERE type = 'taxonomy.upserted'
QUALIFY row_number() OVER (
    PARTITION BY tenant, id
    ORDER BY version DESC, name DESC, tags DESC, position DESC, active DESC
) = 1;

CREATE OR REPLACE TABLE term_definitions AS
SELECT tenant, 'metric:' || subject AS id, version, data ->> '$.definition' AS definition
FROM events
WHERE type = 'metric.definition_changed'
QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY version DESC, definition DESC) = 1;

CREATE OR REPLACE TABLE targets AS
SELECT
    tenant, subject AS id, version,
    data ->> '$.metric' AS metric,
    data ->> '$.scope' AS scope,
    data ->> '$.scope_id' AS scope_id,
    data ->> '$.period' AS period,
    CAST(coalesce(data ->> '$.value.amount', data ->> '$.value') AS BIGINT) AS amount,
    coalesce(data ->> '$.value.currency', '') AS currency,
    data ->> '$.set_by' AS set_by
FROM events
WHERE type = 'target.set'
QUALIFY row_number() OVER (
    PARTITION BY tenant, id
    ORDER BY version DESC, metric DESC, scope DESC, scope_id DESC, period DESC, amount DESC,
        currency DESC, set_by DESC NULLS LAST
) = 1;
