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

CREATE OR REPLACE TABLE customer_erased AS
SELECT tenant, subject AS id, min(version) AS version FROM events
WHERE type = 'customer.erased'
GROUP BY ALL;

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
    UNION ALL
    SELECT tenant, subject AS id, version, 'numbers' AS field, numbers AS value
    FROM events
    JOIN phones_said USING (log_offset)
    WHERE type LIKE 'customer.%'
),
said AS (
    SELECT
        tenant, id, field, version, value,
        CASE WHEN json_type(value) <> 'ARRAY' THEN value ->> '$' END AS text,
        CASE WHEN json_type(value) = 'ARRAY' THEN CAST(value AS VARCHAR[]) END AS items
    FROM fields
    WHERE value IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY tenant, id, field
        ORDER BY version DESC, text DESC NULLS LAST, items DESC NULLS LAST
    ) = 1
),
-- Who was erased has no name and no phones, and of a birthday what counts the age alone.
forgotten AS (
    SELECT
        said.tenant, said.id, said.field, said.version,
        CASE
            WHEN said.field = 'birthday' AND said.text LIKE '~1.%'
                THEN to_json(regexp_replace(said.text, '[^.]*$', ''))
            ELSE CAST('null' AS JSON)
        END AS value
    FROM said
    JOIN customer_erased USING (tenant, id)
    WHERE said.field IN ('name', 'phones', 'birthday')
)
SELECT * FROM said
ANTI JOIN forgotten USING (tenant, id, field)
UNION ALL
SELECT
    tenant, id, field, version, value, value ->> '$' AS text,
    CAST(NULL AS VARCHAR[]) AS items
FROM forgotten;

-- A customer that any event mentions exists, if only as a stub without registers.
CREATE OR REPLACE TABLE customer_ids AS
SELECT tenant, subject AS id FROM events WHERE type LIKE 'customer.%'
UNION
SELECT tenant, data ->> '$.customer_id' AS id FROM events
WHERE data ->> '$.customer_id' IS NOT NULL
UNION
SELECT tenant, data ->> '$.into_id' AS id FROM events
WHERE type = 'customer.merged';

CREATE OR REPLACE TABLE customer_merged AS
SELECT tenant, subject AS id, version, data ->> '$.into_id' AS into_id
FROM events
WHERE type = 'customer.merged'
QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY version DESC, into_id DESC) = 1;

CREATE OR REPLACE TABLE customers AS
WITH seen AS (
    SELECT DISTINCT tenant, subject AS id, true AS known
    FROM events
    WHERE type IN ('customer.created', 'customer.updated')
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
        any_value(items) FILTER (field = 'numbers') AS numbers,
        any_value(text) FILTER (field = 'industry') AS industry,
        any_value(text) FILTER (field = 'province') AS province,
        any_value(text) FILTER (field = 'gender') AS gender,
        any_value(text) FILTER (field = 'birthday') AS birthday
    FROM customer_profile
    GROUP BY ALL
)
SELECT
    ids.tenant, ids.id,
    coalesce(seen.known, false) AS known,
    coalesce(deletions.deleted, false) AS deleted,
    created.version AS created_version, created.at_ms AS created_ms,
    created.day AS created_day, created.creator,
    owner_now.owner,
    coalesce(stage_now.stage, '') AS stage,
    coalesce(described.industry, '') AS industry,
    coalesce(described.province, '') AS province,
    coalesce(described.gender, '') AS gender,
    coalesce(birth_score(described.birthday), 0) AS birthday,
    CASE WHEN len(described.sources) > 0 THEN list_distinct(described.sources) ELSE [''] END
        AS sources,
    CASE WHEN len(described.sources) > 0 THEN described.sources[1] ELSE '' END AS source,
    coalesce(described.numbers, CAST([] AS VARCHAR[])) AS numbers
FROM customer_ids AS ids
LEFT JOIN seen USING (tenant, id)
LEFT JOIN deletions ON ids.tenant = deletions.tenant AND ids.id = deletions.id
    AND deletions.kind = 'customer'
LEFT JOIN customer_created AS created ON ids.tenant = created.tenant AND ids.id = created.id
LEFT JOIN owner_now ON ids.tenant = owner_now.tenant AND ids.id = owner_now.id
LEFT JOIN stage_now ON ids.tenant = stage_now.tenant AND ids.id = stage_now.id
LEFT JOIN described ON ids.tenant = described.tenant AND ids.id = described.id;

-- Contact persons: the same kind of profile.
CREATE OR REPLACE TABLE contact_profile AS
WITH fields AS (
    SELECT
        tenant, subject AS id, version,
        unnest(['customer_id', 'name', 'phones', 'gender', 'birthday']) AS field,
        unnest(json_extract(data, [
            '$.customer_id', '$.name', '$.phones', '$.gender', '$.birthday'
        ])) AS value
    FROM events
    WHERE type = 'contact.upserted'
    UNION ALL
    SELECT tenant, subject AS id, version, 'numbers' AS field, numbers AS value
    FROM events
    JOIN phones_said USING (log_offset)
    WHERE type = 'contact.upserted'
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

CREATE OR REPLACE TABLE contacts AS
WITH seen AS (
    SELECT tenant, subject AS id, bool_or(type = 'contact.upserted') AS known
    FROM events WHERE type LIKE 'contact.%'
    GROUP BY ALL
),
described AS (
    SELECT
        tenant, id,
        any_value(text) FILTER (field = 'customer_id') AS customer,
        any_value(text) FILTER (field = 'birthday') AS birthday,
        any_value(items) FILTER (field = 'numbers') AS numbers
    FROM contact_profile
    GROUP BY ALL
)
SELECT
    seen.*, described.customer, coalesce(birth_score(described.birthday), 0) AS birthday,
    coalesce(described.numbers, CAST([] AS VARCHAR[])) AS numbers,
    coalesce(deletions.deleted, false) AS deleted
FROM seen
LEFT JOIN described USING (tenant, id)
LEFT JOIN deletions ON seen.tenant = deletions.tenant AND seen.id = deletions.id
    AND deletions.kind = 'contact';
