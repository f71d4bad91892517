-- docs/rules.md sections 3 and 8, journey: where every customer stood at the end of every day.
CREATE OR REPLACE TABLE asked_days AS
SELECT DISTINCT
    tenant,
    CAST(strftime(unnest(generate_series(
        as_date(first_day) - 1, as_date(last_day), INTERVAL 1 DAY
    )), '%Y%m%d') AS INTEGER) AS day
FROM journey_asked;

-- The first day of a customer; one whose creation nobody saw was there before, as it was then.
CREATE OR REPLACE TABLE journey_people AS
WITH told AS (
    SELECT tenant, id AS customer, min(day) AS day
    FROM (
        SELECT tenant, id, day FROM customer_owners UNION ALL
        SELECT tenant, id, day FROM customer_stages
    )
    GROUP BY ALL
)
SELECT
    about.tenant, about.customer, about.owner AS owner_now,
    coalesce(staff.department, '-') AS department_now,
    about.created_day IS NOT NULL AS created,
    coalesce(about.created_day, told.day, 0) AS first_day
FROM report_customers AS about
LEFT JOIN told USING (tenant, customer)
LEFT JOIN report_staff AS staff
    ON about.tenant = staff.tenant AND about.owner = staff.employee;

CREATE OR REPLACE TABLE journey_states AS
WITH stood AS (
    SELECT
        people.*, days.day,
        CASE WHEN people.created THEN days.day ELSE greatest(days.day, people.first_day) END
            AS as_of
    FROM journey_people AS people
    JOIN asked_days AS days USING (tenant)
    WHERE days.day >= people.first_day OR NOT people.created
),
owned AS (
    SELECT stood.tenant, stood.customer, stood.day, owners.owner
    FROM stood
    JOIN customer_owners AS owners
        ON stood.tenant = owners.tenant AND stood.customer = owners.id
        AND owners.day <= stood.as_of
    QUALIFY row_number() OVER (
        PARTITION BY stood.tenant, stood.customer, stood.day
        ORDER BY owners.version DESC, owners.at_ms DESC, owners.owner DESC NULLS LAST
    ) = 1
),
staged AS (
    SELECT stood.tenant, stood.customer, stood.day, stages.stage
    FROM stood
    JOIN customer_stages AS stages
        ON stood.tenant = stages.tenant AND stood.customer = stages.id
        AND stages.day <= stood.as_of
    QUALIFY row_number() OVER (
        PARTITION BY stood.tenant, stood.customer, stood.day
        ORDER BY stages.version DESC, stages.at_ms DESC, stages.stage DESC NULLS LAST
    ) = 1
)
SELECT
    stood.tenant, stood.customer, stood.day, stood.as_of, stood.owner_now, stood.department_now,
    coalesce(owned.owner, '-') AS owner, coalesce(staged.stage, '') AS stage,
    coalesce(worked.department_id, '-') AS department
FROM stood
LEFT JOIN owned USING (tenant, customer, day)
LEFT JOIN staged USING (tenant, customer, day)
ASOF LEFT JOIN works AS worked
    ON stood.tenant = worked.tenant AND owned.owner = worked.id
    AND stood.as_of >= worked.from_day;

-- Seen from a question: who is inside on a day, in which stage, and what a change there is.
CREATE OR REPLACE TABLE journey_seen AS
SELECT
    asked.question, asked.first_day, states.day, states.customer, states.stage,
    CASE
        WHEN asked.employee IS NOT NULL AND NOT asked.owned
            THEN json_array(states.stage, states.owner)
        WHEN asked.department IS NOT NULL AND NOT asked.owned
            THEN json_array(states.stage, states.department)
        ELSE json_array(states.stage)
    END AS standing,
    CASE
        WHEN asked.employee IS NOT NULL
            THEN asked.employee = if(asked.owned, coalesce(states.owner_now, '-'), states.owner)
        WHEN asked.department IS NOT NULL
            THEN (asked.question, if(asked.owned, states.department_now, states.department)) IN (
                SELECT (question, department) FROM asked_departments
            )
        ELSE true
    END AS inside
FROM journey_asked AS asked
JOIN journey_states AS states
    ON asked.tenant = states.tenant
    AND as_date(states.day) BETWEEN as_date(asked.first_day) - 1 AND as_date(asked.last_day);

CREATE OR REPLACE TABLE journey_figures AS
WITH compared AS (
    SELECT
        today.question, today.day, today.customer, today.stage, today.inside,
        before.stage AS stage_before, before.inside AS inside_before,
        today.standing IS DISTINCT FROM before.standing AS differs
    FROM journey_seen AS today
    LEFT JOIN journey_seen AS before
        ON today.question = before.question AND today.customer = before.customer
        AND as_date(today.day) - 1 = as_date(before.day)
    WHERE today.day >= today.first_day
)
SELECT question, day, stage, 'stock' AS name, count(*) AS value
FROM compared WHERE inside
GROUP BY ALL
UNION ALL
SELECT question, day, stage, 'entries', count(*)
FROM compared WHERE inside AND differs
GROUP BY ALL
UNION ALL
SELECT question, day, stage_before, 'exits', count(*)
FROM compared WHERE inside_before AND differs
GROUP BY ALL;

CREATE OR REPLACE TABLE journey_revenue AS
SELECT asked.question, orders.day, orders.currency, CAST(sum(orders.amount) AS BIGINT) AS value
FROM journey_asked AS asked
JOIN orders
    ON asked.tenant = orders.tenant AND orders.live AND orders.approved
    AND orders.day BETWEEN asked.first_day AND asked.last_day
ASOF LEFT JOIN works AS worked
    ON orders.tenant = worked.tenant AND orders.owner = worked.id
    AND orders.day >= worked.from_day
WHERE
    orders.currency IS NOT NULL
    AND (asked.employee IS NULL OR asked.employee = coalesce(orders.owner, '-'))
    AND (asked.department IS NULL OR (asked.question, coalesce(worked.department_id, '-')) IN (
        SELECT (question, department) FROM asked_departments
    ))
GROUP BY ALL
HAVING sum(orders.amount) <> 0;
