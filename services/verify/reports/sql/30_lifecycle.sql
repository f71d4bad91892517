-- docs/rules.md section 8, lifecycle: days from creation to a target, by day of creation.
CREATE OR REPLACE MACRO as_date(day) AS CAST(
    make_date(day // 10000, day // 100 % 100, day % 100) AS DATE
);

CREATE OR REPLACE TABLE lifecycle_members AS
WITH observed AS (
    SELECT
        asked.question, asked.target, asked.stage, asked.today, asked.tenant, about.customer,
        about.created_ms, about.created_day
    FROM lifecycle_asked AS asked
    JOIN report_customers AS about
        ON asked.tenant = about.tenant
        AND as_date(about.created_day)
            BETWEEN as_date(asked.today) - (asked.days - 1) AND as_date(asked.today)
    WHERE
        (NOT asked.scoped OR (asked.question, about.owner) IN (
            SELECT (question, owner) FROM asked_owners
        ))
        AND (asked.source IS NULL OR list_contains(about.sources, asked.source)
            OR (asked.source = '-' AND len(about.sources) = 0))
        AND (asked.relationship IS NULL
            OR about.stage = CASE asked.relationship WHEN '-' THEN '' ELSE asked.relationship END)
),
steps AS (
    SELECT tenant, id AS customer, 'stage' AS target, stage, at_ms, day
    FROM customer_stages WHERE stage IS NOT NULL
    UNION ALL
    SELECT tenant, customer, 'order', NULL, at_ms, created_day FROM report_orders WHERE live
),
reached AS (
    SELECT observed.question, observed.customer, arg_min(steps.day, (steps.at_ms, steps.day)) AS day
    FROM observed
    JOIN steps
        ON observed.tenant = steps.tenant AND observed.customer = steps.customer
        AND observed.target = steps.target AND observed.stage IS NOT DISTINCT FROM steps.stage
        AND steps.at_ms >= observed.created_ms
    GROUP BY ALL
)
SELECT
    observed.question, observed.customer, observed.created_day AS created,
    CASE WHEN reached.day <= observed.today THEN greatest(
        date_diff('day', as_date(observed.created_day), as_date(reached.day)), 0
    ) END AS lag
FROM observed
LEFT JOIN reached USING (question, customer);

CREATE OR REPLACE TABLE lifecycle_summary AS
SELECT
    question, count(*) AS created, count(lag) AS converted, CAST(sum(lag) AS BIGINT) AS days,
    median(lag) AS median
FROM lifecycle_members
GROUP BY ALL;
