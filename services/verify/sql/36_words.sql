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

-- Every target that was ever said. One id per figure, scope and period, whatever its subject.
CREATE OR REPLACE TABLE target_events AS
SELECT
    events.tenant, names.id, names.slot, names.whose, names.first_day, names.last_day,
    names.metric, names.scope, names.per_person, names.period, events.version,
    CAST(coalesce(data ->> '$.value.amount', data ->> '$.value') AS BIGINT) AS amount,
    CASE
        WHEN type = 'target.set' THEN coalesce(data ->> '$.value.currency', '')
    END AS currency,
    coalesce(CAST(data ->> '$.weight' AS BIGINT), 0) AS weight,
    CASE
        WHEN json_array_length(json_extract(data, '$.thresholds')) > 0
            THEN list_sort(list_distinct(CAST(json_extract(data, '$.thresholds') AS BIGINT[])))
        WHEN type = 'target.set' AND given.thresholds IS NOT NULL THEN given.thresholds
        ELSE CAST([] AS BIGINT[])
    END AS thresholds,
    coalesce(data ->> '$.set_by', data ->> '$.removed_by') AS set_by
FROM events
JOIN target_names AS names
    ON names.metric = data ->> '$.metric' AND names.scope = data ->> '$.scope'
    AND names.scope_id = data ->> '$.scope_id' AND names.period = data ->> '$.period'
    AND names.per_person = coalesce(CAST(data ->> '$.per_person' AS BOOLEAN), false)
ASOF LEFT JOIN (FROM setting_changes WHERE thresholds IS NOT NULL) AS given
    ON events.tenant = given.tenant AND events.log_offset > given.log_offset
WHERE type IN ('target.set', 'target.removed');

CREATE OR REPLACE TABLE targets AS
SELECT * FROM target_events
QUALIFY row_number() OVER (
    PARTITION BY tenant, id
    ORDER BY version DESC, amount DESC NULLS LAST, currency DESC NULLS LAST, weight DESC,
        thresholds DESC, set_by DESC NULLS LAST
) = 1;
