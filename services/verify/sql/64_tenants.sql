-- What is known about each tenant: its settings (the last one given holds), its API keys.
CREATE OR REPLACE TABLE tenant_values AS
WITH said AS (
    SELECT
        tenant, log_offset,
        unnest(['name', 'time_zone', 'currency', 'region']) AS field,
        unnest(
            json_extract_string(data, ['$.name', '$.time_zone', '$.currency', '$.region'])
        ) AS value
    FROM events WHERE type = 'setting.changed'
)
SELECT tenant, 'meta' AS hash, field, arg_max(value, log_offset) AS value
FROM said
WHERE value IS NOT NULL
GROUP BY tenant, field
UNION ALL
SELECT tenant, 'quality' AS hash, 'duplicate_id' AS field, CAST(conflicts AS VARCHAR) AS value
FROM duplicates WHERE conflicts > 0
UNION ALL
SELECT
    tenant, 'meta' AS hash, 'modules_off' AS field,
    arg_max(
        array_to_string(
            list_sort(list_distinct(CAST(data -> '$.modules_off' AS VARCHAR[]))), ','
        ), log_offset
    ) AS value
FROM events
WHERE type = 'setting.changed' AND json_type(json_extract(data, '$.modules_off')) = 'ARRAY'
GROUP BY tenant
UNION ALL
SELECT
    tenant, 'meta' AS hash, 'thresholds' AS field,
    arg_max(array_to_string(thresholds, ','), log_offset) AS value
FROM setting_changes WHERE thresholds IS NOT NULL
GROUP BY tenant
UNION ALL
SELECT tenant, 'meta' AS hash, 'feeds' AS field, string_agg(feed, ',' ORDER BY feed) AS value
FROM (
    SELECT DISTINCT
        tenant,
        CASE split_part(type, '.', 1)
            WHEN 'stock' THEN 'inventory'
            WHEN 'order' THEN 'products'
            ELSE split_part(type, '.', 1) || 's'
        END AS feed
    FROM events
    WHERE
        split_part(type, '.', 1) IN (
            'message', 'note', 'task', 'payment', 'contract', 'stock'
        )
        OR (type LIKE 'order.%' AND json_array_length(json_extract(data, '$.lines')) > 0)
)
GROUP BY tenant
UNION ALL
SELECT
    tenant, 'meta' AS hash, 'locks' AS field,
    CAST(to_json(list(json_array(first_day, last_day) ORDER BY first_day, last_day)) AS VARCHAR)
        AS value
FROM (SELECT DISTINCT tenant, first_day, last_day FROM locks)
GROUP BY tenant;

-- '<digest> [revoked] [expiry] [board] [addresses]': what decides whether a key opens the door.
INSERT INTO tenant_values
WITH revoked AS (SELECT tenant, subject FROM events WHERE type = 'apikey.revoked')
SELECT
    tenant, 'keys' AS hash, subject AS field,
    concat_ws(
        ' ',
        data ->> '$.digest',
        CASE WHEN (tenant, subject) IN (FROM revoked) THEN 'revoked' END,
        data ->> '$.expires_at',
        nullif(CAST(data -> '$.board' AS VARCHAR), 'null'),
        nullif(CAST(data -> '$.addresses' AS VARCHAR), 'null')
    ) AS value
FROM events
WHERE type = 'apikey.created'
QUALIFY row_number() OVER (
    PARTITION BY tenant, subject ORDER BY version DESC, data ->> '$.digest' DESC
) = 1;

-- Configuration documents: the last event about one says what it is, or that it is gone.
INSERT INTO tenant_values
WITH last_said AS (
    SELECT tenant, kind || ':' || subject AS field, removes, CAST(data AS VARCHAR) AS value
    FROM events
    JOIN document_types USING (type)
    QUALIFY row_number() OVER (PARTITION BY tenant, kind, subject ORDER BY log_offset DESC) = 1
)
SELECT tenant, 'config' AS hash, field, value FROM last_said WHERE NOT removes;

INSERT INTO tenant_values
SELECT tenant, 'meta' AS hash, 'configured' AS field, CAST(count(*) AS VARCHAR) AS value
FROM (
    SELECT
        tenant,
        CASE WHEN removes THEN NULL ELSE CAST(data AS VARCHAR) END AS now_said,
        lag(CASE WHEN removes THEN NULL ELSE CAST(data AS VARCHAR) END) OVER same AS said_before
    FROM events
    JOIN document_types USING (type)
    WINDOW same AS (PARTITION BY tenant, kind, subject ORDER BY log_offset)
)
WHERE now_said IS DISTINCT FROM said_before
GROUP BY tenant;
