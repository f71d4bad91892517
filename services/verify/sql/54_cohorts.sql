-- docs/rules.md section 5: which customers belong to a day, and the words that were ever used.
CREATE OR REPLACE TABLE cohorts AS
WITH added AS (
    SELECT
        buyers.tenant, buyers.survivor AS id,
        min(
            struct_pack(ms := opportunities.created_ms, day := opportunities.created_day)
        ) AS first_added
    FROM opportunities
    JOIN buyers
        ON opportunities.tenant = buyers.tenant AND opportunities.customer = buyers.id
    JOIN living ON buyers.tenant = living.tenant AND buyers.survivor = living.id
    WHERE
        opportunities.live AND opportunities.created_day IS NOT NULL AND living.group_known
    GROUP BY buyers.tenant, buyers.survivor, coalesce(opportunities.campaign, '')
)
SELECT tenant, 'created' AS cohort, created.day AS day, id FROM living
WHERE created IS NOT NULL
UNION
SELECT tenant, 'campaign' AS cohort, first_added.day AS day, id FROM added;

CREATE OR REPLACE TABLE words AS
WITH said AS (
    SELECT
        tenant, unnest(['source', 'group', 'relationship', 'campaign']) AS kind,
        unnest(json_extract(data, [
            '$.source_ids', '$.group_ids', '$.relationship_id', '$.campaign_id'
        ])) AS value
    FROM events
),
single AS (
    SELECT
        tenant, kind,
        unnest(
            CASE json_type(value)
                WHEN 'ARRAY' THEN CAST(value AS VARCHAR[])
                ELSE [value ->> '$']
            END
        ) AS word
    FROM said WHERE value IS NOT NULL
)
SELECT DISTINCT tenant, kind || ':' || word AS word FROM single WHERE word IS NOT NULL;
