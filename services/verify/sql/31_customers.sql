-- docs/rules.md section 2: customers. Null is the smallest value of a register.
CREATE OR REPLACE TABLE customer_created AS
SELECT
    events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
    events.data ->> '$.creator_id' AS creator
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'created'
WHERE events.type = 'customer.created'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC, creator DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE customer_owners AS
SELECT DISTINCT
    events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
    events.data ->> '$.owner_id' AS owner
FROM events
JOIN days ON events.log_offset = days.log_offset
WHERE
    (events.type = 'customer.created' AND days.moment = 'created'
        AND given(events.data, '$.owner_id'))
    OR (events.type = 'customer.assigned' AND days.moment = 'assigned');

CREATE OR REPLACE TABLE customer_stages AS
SELECT DISTINCT
    events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
    events.data ->> '$.relationship_id' AS stage,
    CASE
        WHEN events.type = 'customer.created' THEN events.data ->> '$.owner_id'
        ELSE events.data ->> '$.actor_id'
    END AS actor
FROM events
JOIN days ON events.log_offset = days.log_offset
WHERE
    (events.type = 'customer.created' AND days.moment = 'created'
        AND events.data ->> '$.relationship_id' IS NOT NULL)
    OR (events.type = 'customer.status_changed' AND days.moment = 'changed');

CREATE OR REPLACE TABLE customer_profile AS
WITH fields AS (
    SELECT
        tenant, subject AS id, version,
        unnest([
            'name', 'phones', 'source_ids', 'group_ids', 'industry', 'province', 'gender',
            'birthday'
        ]) AS field,
        unnest(json_extract(data, [
            '$.name', '$.phones', '$.source_ids', '$.group_ids', '$.industry', '$.province',
            '$.gender', '$.birthday'
        ])) AS value
    FROM events
    WHERE type IN ('customer.created', 'customer.updated')
)
SELECT
    tenant, id, field, version, value,
    CASE WHEN json_type(value) <> 'ARRAY' THEN value ->> '$' END AS text,
    CASE WHEN json_type(value) = 'ARRAY' THEN CAST(value AS VARCHAR[]) END AS items
FROM fields
WHERE value IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY tenant, id, field
    ORDER BY version DESC, text DESC NULLS LAST, items DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE customers AS
WITH seen AS (
    SELECT
        tenant, subject AS id,
        bool_or(type IN ('customer.created', 'customer.updated')) AS known,
        max(version) FILTER (type = 'customer.deleted') AS deleted
    FROM events
    WHERE type LIKE 'customer.%'
    GROUP BY ALL
),
owner_now AS (
    SELECT tenant, id, owner FROM customer_owners
    QUALIFY row_number() OVER (
        PARTITION BY tenant, id ORDER BY version DESC, at_ms DESC, owner DESC NULLS LAST
    ) = 1
),
stage_now AS (
    SELECT tenant, id, stage FROM customer_stages
    QUALIFY row_number() OVER (
        PARTITION BY tenant, id ORDER BY version DESC, at_ms DESC, stage DESC NULLS LAST
    ) = 1
),
described AS (
    SELECT
        tenant, id,
        any_value(items) FILTER (field = 'source_ids') AS sources,
        any_value(text) FILTER (field = 'industry') AS industry
    FROM customer_profile
    GROUP BY ALL
)
SELECT
    seen.*,
    customer_created.version IS NOT NULL AS created,
    customer_created.day AS created_day,
    customer_created.creator,
    owner_now.owner,
    coalesce(stage_now.stage, '') AS stage,
    coalesce(described.industry, '') AS industry,
    CASE WHEN len(described.sources) > 0 THEN list_distinct(described.sources) ELSE [''] END
        AS sources,
    CASE WHEN len(described.sources) > 0 THEN described.sources[1] ELSE '' END AS first_source
FROM seen
LEFT JOIN customer_created USING (tenant, id)
LEFT JOIN owner_now USING (tenant, id)
LEFT JOIN stage_now USING (tenant, id)
LEFT JOIN described USING (tenant, id);
