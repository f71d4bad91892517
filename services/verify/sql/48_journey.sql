-- docs/rules.md section 3, journey: with whom and in which stage a customer is at the end of each
-- day on which any of it may have changed, and what came and went. `scopes`: 1 employee,
-- 2 department, 4 company; NULL all of them.
CREATE OR REPLACE TABLE travellers AS
WITH earliest AS (
    SELECT tenant, id, min(day) AS day
    FROM (
        SELECT tenant, id, day FROM customer_owners
        UNION ALL
        SELECT tenant, id, day FROM customer_stages
    )
    GROUP BY ALL
)
SELECT
    living.tenant, living.id, living.owner AS owner_now, living.created IS NOT NULL AS entered,
    coalesce(living.created.day, earliest.day) AS first_day
FROM living
LEFT JOIN earliest USING (tenant, id)
WHERE living.group_known AND first_day IS NOT NULL;

CREATE OR REPLACE TABLE journey_days AS
SELECT tenant, id, first_day AS day FROM travellers
UNION
SELECT travellers.tenant, travellers.id, owners.day
FROM travellers
JOIN customer_owners AS owners USING (tenant, id)
WHERE owners.day > travellers.first_day
UNION
SELECT travellers.tenant, travellers.id, stages.day
FROM travellers
JOIN customer_stages AS stages USING (tenant, id)
WHERE stages.day > travellers.first_day
UNION
SELECT travellers.tenant, travellers.id, works.from_day AS day
FROM travellers
JOIN customer_owners AS owners USING (tenant, id)
JOIN works ON owners.tenant = works.tenant AND owners.owner = works.id
WHERE works.from_day > travellers.first_day;

CREATE OR REPLACE TABLE journeys AS
WITH owned AS (
    SELECT days.tenant, days.id, days.day, owners.owner
    FROM journey_days AS days
    JOIN customer_owners AS owners
        ON days.tenant = owners.tenant AND days.id = owners.id AND owners.day <= days.day
    QUALIFY row_number() OVER (
        PARTITION BY days.tenant, days.id, days.day
        ORDER BY owners.version DESC, owners.at_ms DESC, owners.owner DESC NULLS LAST
    ) = 1
),
staged AS (
    SELECT days.tenant, days.id, days.day, stages.stage
    FROM journey_days AS days
    JOIN customer_stages AS stages
        ON days.tenant = stages.tenant AND days.id = stages.id AND stages.day <= days.day
    QUALIFY row_number() OVER (
        PARTITION BY days.tenant, days.id, days.day
        ORDER BY stages.version DESC, stages.at_ms DESC, stages.stage DESC NULLS LAST
    ) = 1
),
placed AS (
    SELECT
        days.tenant, days.id, days.day, coalesce(owned.owner, '-') AS owner,
        coalesce(works.department_id, '-') AS department, coalesce(staged.stage, '') AS stage
    FROM journey_days AS days
    LEFT JOIN owned USING (tenant, id, day)
    LEFT JOIN staged USING (tenant, id, day)
    ASOF LEFT JOIN works
        ON days.tenant = works.tenant AND owned.owner = works.id AND days.day >= works.from_day
)
SELECT
    *,
    lag(day) OVER by_day AS before_day,
    lag(owner) OVER by_day AS before_owner,
    lag(department) OVER by_day AS before_department,
    lag(stage) OVER by_day AS before_stage
FROM placed
WINDOW by_day AS (PARTITION BY tenant, id ORDER BY day);

CREATE OR REPLACE TABLE travelled AS
SELECT
    *,
    before_day IS NULL AS is_first,
    before_day IS NULL OR stage <> before_stage AS is_staged,
    CASE WHEN is_staged OR owner <> before_owner THEN 1 ELSE 0 END
    + CASE WHEN is_staged OR department <> before_department THEN 2 ELSE 0 END
    + CASE WHEN is_staged THEN 4 ELSE 0 END AS scopes
FROM journeys
JOIN travellers USING (tenant, id)
WHERE before_day IS NOT NULL OR entered;

-- The department is named here: who was left is where that one was on the day before.
INSERT INTO claims BY NAME
WITH moved AS (
    SELECT tenant, id, day, scopes, 'journey_entries' AS metric, owner, department, stage
    FROM travelled WHERE scopes > 0
    UNION ALL
    SELECT
        tenant, id, day, scopes, 'journey_exits', before_owner, before_department, before_stage
    FROM travelled WHERE scopes > 0 AND NOT is_first
)
SELECT
    tenant, 'customer' AS kind, id, metric, day, owner AS employee, department, scopes,
    unnest([NULL, 'stage']) AS name, unnest([NULL, stage]) AS text, 1 AS value
FROM moved;

INSERT INTO claims BY NAME
WITH moved AS (
    SELECT tenant, id, day, 'owned_entries' AS metric, owner_now, stage
    FROM travelled WHERE is_staged
    UNION ALL
    SELECT tenant, id, day, 'owned_exits', owner_now, before_stage
    FROM travelled WHERE is_staged AND NOT is_first
)
SELECT
    tenant, 'customer' AS kind, id, metric, day, 99999999 AS works_on, owner_now AS employee,
    unnest([NULL, 'stage']) AS name, unnest([NULL, stage]) AS text, 1 AS value
FROM moved;
