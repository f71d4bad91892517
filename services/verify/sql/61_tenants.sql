-- What is known about each tenant: its settings (the last one given holds), its API keys.
CREATE OR REPLACE TABLE tenant_values AS
WITH said AS (
    SELECT
        tenant, log_offset,
        unnest(['name', 'time_zone', 'currency']) AS field,
        unnest(json_extract_string(data, ['$.name', '$.time_zone', '$.currency'])) AS value
    FROM events WHERE type = 'setting.changed'
)
SELECT tenant, 'meta' AS hash, field, arg_max(value, log_offset) AS value
FROM said
WHERE value IS NOT NULL
GROUP BY tenant, field
UNION ALL
SELECT tenant, 'quality' AS hash, 'duplicate_id' AS field, CAST(conflicts AS VARCHAR) AS value
FROM duplicates WHERE conflicts > 0;

-- '<digest> revoked' or '<digest>': what decides whether a key opens the door.
INSERT INTO tenant_values
WITH revoked AS (SELECT tenant, subject FROM events WHERE type = 'apikey.revoked')
SELECT
    tenant, 'keys' AS hash, subject AS field,
    (data ->> '$.digest')
    || CASE WHEN (tenant, subject) IN (FROM revoked) THEN ' revoked' ELSE '' END AS value
FROM events
WHERE type = 'apikey.created'
QUALIFY row_number() OVER (
    PARTITION BY tenant, subject ORDER BY version DESC, data ->> '$.digest' DESC
) = 1;
