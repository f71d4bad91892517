-- docs/rules.md section 3: each claim, with the department of its employee. '-' is nobody.
CREATE OR REPLACE TABLE contributions AS
SELECT
    claims.* EXCLUDE (works_on, employee),
    coalesce(claims.employee, '-') AS employee,
    coalesce(works.department_id, '-') AS department
FROM claims
ASOF LEFT JOIN works
    ON claims.tenant = works.tenant AND claims.employee = works.id
    AND claims.works_on >= works.from_day
WHERE claims.value <> 0;

DROP TABLE claims;
