-- docs/rules.md section 3: each claim, with the department of its employee. '-' is nobody.
-- A task counts once per department and once in the company: for the first of its assignees.
-- `mark`: how a late change says that it does not count everywhere.
CREATE OR REPLACE TABLE contributions AS
WITH placed AS (
    SELECT
        claims.* EXCLUDE (works_on, employee),
        coalesce(claims.employee, '-') AS employee,
        coalesce(works.department_id, '-') AS department
    FROM claims
    ASOF LEFT JOIN works
        ON claims.tenant = works.tenant AND claims.employee = works.id
        AND claims.works_on >= works.from_day
    WHERE claims.value <> 0
),
shared AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY tenant, id, metric, day, name, text ORDER BY employee
        ) = 1 AS in_company,
        row_number() OVER (
            PARTITION BY tenant, id, metric, day, name, text, department ORDER BY employee
        ) = 1 AS in_department,
        CASE WHEN in_company THEN '' WHEN in_department THEN '|3' ELSE '|1' END AS mark
    FROM placed WHERE kind = 'task'
)
SELECT * FROM shared
UNION ALL
SELECT *, true AS in_company, true AS in_department, '' AS mark FROM placed WHERE kind <> 'task';

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
