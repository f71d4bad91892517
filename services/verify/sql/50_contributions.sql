-- docs/rules.md section 3: each claim, with the department of its employee. '-' is nobody.
-- A task counts once per department and once in the company: for the first of its assignees.
-- `mark`: how a late change says that it does not count everywhere.
CREATE OR REPLACE TABLE placed AS
SELECT
    claims.* EXCLUDE (works_on, employee, department, scopes),
    coalesce(claims.employee, '-') AS employee,
    coalesce(claims.department, works.department_id, '-') AS department,
    coalesce(claims.scopes, 7) AS scopes
FROM claims
ASOF LEFT JOIN works
    ON claims.tenant = works.tenant AND claims.employee = works.id
    AND claims.works_on >= works.from_day
WHERE claims.value <> 0;

CREATE OR REPLACE TABLE contributions AS
WITH shared AS (
    SELECT
        * EXCLUDE (scopes),
        1 + CASE WHEN row_number() OVER (
            PARTITION BY tenant, id, metric, day, name, text, department ORDER BY employee
        ) = 1 THEN 2 ELSE 0 END
        + CASE WHEN row_number() OVER (
            PARTITION BY tenant, id, metric, day, name, text ORDER BY employee
        ) = 1 THEN 4 ELSE 0 END AS scopes
    FROM placed WHERE kind = 'task'
),
marked AS (
    SELECT * FROM shared
    UNION ALL BY NAME
    SELECT * FROM placed WHERE kind <> 'task'
)
SELECT *, CASE scopes WHEN 7 THEN '' ELSE '|' || scopes END AS mark FROM marked;

DROP TABLE placed;
DROP TABLE claims;

CREATE OR REPLACE TABLE scored AS
SELECT
    scores.* EXCLUDE (employee),
    coalesce(scores.employee, '-') AS employee,
    coalesce(works.department_id, '-') AS department
FROM (SELECT *, 99999999 AS works_on FROM scores) AS scores
ASOF LEFT JOIN works
    ON scores.tenant = works.tenant AND scores.employee = works.id
    AND scores.works_on >= works.from_day;

DROP TABLE scores;
