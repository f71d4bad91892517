-- docs/rules.md section 2: who has a number, who had an extension when, and whose a call is.
-- Who is given the extension once more that he has, goes on having it.
CREATE OR REPLACE TABLE number_holders AS
WITH held AS (
    SELECT tenant, id AS customer, unnest(numbers) AS number FROM customers
    UNION ALL
    SELECT tenant, customer, unnest(numbers) AS number FROM contacts
    WHERE NOT deleted AND customer IS NOT NULL
)
SELECT tenant, number, customer, count(*) AS times FROM held
WHERE number <> ''
GROUP BY ALL;

CREATE OR REPLACE TABLE extension_holders AS
WITH stated AS (
    SELECT
        tenant, id AS employee, extension, at_ms AS from_ms,
        row_number() OVER history = 1 AS is_first,
        lag(extension) OVER history AS before
    FROM extensions
    WINDOW history AS (PARTITION BY tenant, id ORDER BY at_ms)
),
histories AS (
    SELECT
        tenant, employee, extension, from_ms, is_first,
        lead(from_ms) OVER (PARTITION BY tenant, employee ORDER BY from_ms) AS until_ms
    FROM stated
    WHERE is_first OR extension IS DISTINCT FROM before
)
SELECT * FROM histories WHERE extension <> '';

CREATE OR REPLACE TABLE call_agents AS
WITH candidates AS (
    SELECT
        calls.tenant, calls.id, holders.employee, holders.from_ms,
        holders.from_ms <= calls.began_ms AS had_it
    FROM calls
    JOIN extension_holders AS holders USING (tenant, extension)
    WHERE
        calls.employee_id IS NULL
        AND (
            calls.began_ms BETWEEN holders.from_ms AND coalesce(holders.until_ms - 1, 10 ** 15)
            OR (holders.is_first AND holders.from_ms > calls.began_ms)
        )
),
chosen AS (
    SELECT tenant, id, employee FROM candidates
    QUALIFY row_number() OVER (
        PARTITION BY tenant, id ORDER BY had_it DESC, from_ms DESC, employee DESC
    ) = 1
)
SELECT calls.tenant, calls.id, coalesce(calls.employee_id, chosen.employee) AS agent
FROM calls
LEFT JOIN chosen USING (tenant, id);

CREATE OR REPLACE TABLE call_customers AS
SELECT tenant, id, customer_id AS customer FROM calls WHERE customer_id IS NOT NULL
UNION
SELECT tenant, calls.id, holders.customer
FROM calls
JOIN number_holders AS holders USING (tenant, number);
