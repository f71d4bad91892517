-- docs/rules.md section 8: what the cohort reports look at, by survivor. Each thing of a group once.
CREATE OR REPLACE TABLE report_customers AS
SELECT
    groups.tenant, groups.id AS customer, customers.owner, customers.stage,
    groups.created.ms AS created_ms, groups.created.day AS created_day,
    list_filter(customers.sources, lambda source: source <> '') AS sources,
    coalesce(belongs.items, CAST([] AS VARCHAR[])) AS group_ids
FROM groups
JOIN customers ON groups.tenant = customers.tenant AND groups.id = customers.id
LEFT JOIN customer_profile AS belongs
    ON groups.tenant = belongs.tenant AND groups.id = belongs.id AND belongs.field = 'group_ids'
WHERE groups.known AND NOT customers.deleted;

-- The employees of a question: one, those of a department now, or of those below it too.
CREATE OR REPLACE TABLE report_staff AS
SELECT tenant, id AS employee, coalesce(department_id, '-') AS department
FROM works
QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY from_day DESC) = 1;

CREATE OR REPLACE TABLE asked_departments AS
WITH RECURSIVE reached (question, tenant, department) AS (
    SELECT question, tenant, department FROM asked_scopes WHERE department IS NOT NULL
    UNION
    SELECT reached.question, reached.tenant, below.id
    FROM reached
    JOIN departments AS below
        ON reached.tenant = below.tenant AND reached.department = below.parent_id
    JOIN asked_scopes AS asked ON reached.question = asked.question AND asked.sub
)
SELECT * FROM reached;

CREATE OR REPLACE TABLE asked_owners AS
SELECT question, employee AS owner FROM asked_scopes WHERE employee IS NOT NULL
UNION
SELECT asked.question, staff.employee AS owner
FROM asked_departments AS asked
JOIN report_staff AS staff USING (tenant, department);
