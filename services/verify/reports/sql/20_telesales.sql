-- docs/rules.md section 8, telesales. `whose` is the owner of a row, '-' nobody, '' all together.
CREATE OR REPLACE TABLE telesales_units AS
WITH first_added AS (
    SELECT tenant, customer, campaign, arg_min(day, (at_ms, day)) AS day
    FROM report_opportunities
    GROUP BY ALL
),
offered AS (
    SELECT tenant, 'customer' AS subject, customer, '' AS campaign, owner, created_day AS day
    FROM report_customers WHERE created_day IS NOT NULL
    UNION
    SELECT added.tenant, 'opportunity', added.customer, added.campaign, held.owner, added.day
    FROM first_added AS added
    JOIN report_opportunities AS held USING (tenant, customer, campaign)
),
chosen AS (
    SELECT
        asked.question, asked.tenant, asked.subject, offered.customer, offered.campaign, offered.owner,
        asked.created_from, asked.called_from, asked.called_to, asked.any_agent
    FROM telesales_asked AS asked
    JOIN offered
        ON asked.tenant = offered.tenant AND asked.subject = offered.subject
        AND offered.day BETWEEN asked.created_from AND asked.created_to
    JOIN report_customers AS about
        ON offered.tenant = about.tenant AND offered.customer = about.customer
    WHERE
        (NOT asked.scoped OR (asked.question, offered.owner) IN (
            SELECT (question, owner) FROM asked_owners
        ))
        AND (asked.source IS NULL OR list_contains(about.sources, asked.source)
            OR (asked.source = '-' AND len(about.sources) = 0))
        AND (asked.group_id IS NULL OR list_contains(about.group_ids, asked.group_id)
            OR (asked.group_id = '-' AND len(about.group_ids) = 0))
        AND CASE
            WHEN asked.campaign IS NULL THEN true
            WHEN asked.subject = 'opportunity'
                THEN offered.campaign = if(asked.campaign = '-', '', asked.campaign)
            ELSE (about.tenant, about.customer, if(asked.campaign = '-', '', asked.campaign)) IN (
                SELECT (tenant, customer, campaign) FROM report_opportunities
            )
        END
)
SELECT
    *, unnest([coalesce(owner, '-'), '']) AS whose,
    CAST(json_array(customer, campaign, owner) AS VARCHAR) AS unit
FROM chosen;

-- Everything a unit has that some column looks at. `part`: apart from others of the same thing.
CREATE OR REPLACE TABLE telesales_things AS
WITH called AS (
    SELECT
        units.question, units.whose, units.unit, calls.* EXCLUDE (customer),
        units.any_agent OR coalesce(calls.agent = units.owner, false) AS own
    FROM telesales_units AS units
    JOIN report_calls AS calls
        ON units.tenant = calls.tenant AND units.customer = calls.customer
        AND calls.day BETWEEN units.called_from AND units.called_to
),
ordered AS (
    SELECT
        units.question, units.whose, units.unit, orders.* EXCLUDE (customer),
        orders.live AND orders.created_day >= units.created_from AS counts
    FROM telesales_units AS units
    JOIN report_orders AS orders
        ON units.tenant = orders.tenant AND units.customer = orders.customer
),
visited AS (
    SELECT units.question, units.whose, units.unit, appointments.* EXCLUDE (customer)
    FROM telesales_units AS units
    JOIN report_appointments AS appointments
        ON units.tenant = appointments.tenant AND units.customer = appointments.customer
        AND appointments.day >= units.created_from
),
paid_in AS (
    SELECT ordered.*, money.amount, money.currency AS paid_currency
    FROM ordered
    JOIN paid_on_orders AS money ON ordered.tenant = money.tenant AND ordered.id = money.id
),
unnamed AS (
    SELECT units.question, units.whose, units.unit, money.* EXCLUDE (customer)
    FROM telesales_units AS units
    JOIN report_payments AS money
        ON units.tenant = money.tenant AND units.customer = money.customer
),
counted AS (
    SELECT question, whose, unit, 'calls_by_anyone' AS name, 'call' AS kind, id FROM called
    UNION ALL
    SELECT question, whose, unit, 'calls_connected_by_anyone', 'call', id FROM called WHERE spoken
    UNION ALL
    SELECT question, whose, unit, 'calls_attempted', 'call', id FROM called WHERE own
    UNION ALL
    SELECT question, whose, unit, 'calls_connected', 'call', id FROM called WHERE own AND spoken
    UNION ALL
    SELECT question, whose, unit, 'appointments', 'task', id FROM visited
    UNION ALL
    SELECT question, whose, unit, 'appointments_completed', 'task', id FROM visited
    WHERE completed
    UNION ALL
    SELECT question, whose, unit, 'orders', 'order', id FROM ordered WHERE counts
),
summed AS (
    SELECT question, whose, unit, 'talk_seconds' AS name, 'call' AS kind, id, 'talk' AS part,
        '' AS currency, talk AS amount
    FROM called WHERE own AND spoken
    UNION ALL
    SELECT question, whose, unit, unnest(['order_value', 'debt']), 'order', id, 'total',
        currency, total
    FROM ordered WHERE counts AND approved
    UNION ALL
    SELECT question, whose, unit, 'order_value_pending', 'order', id, 'total', currency, total
    FROM ordered WHERE counts AND NOT approved
    UNION ALL
    SELECT question, whose, unit, 'balance', 'order', id, 'total', currency, total
    FROM ordered WHERE live AND approved
    UNION ALL
    SELECT question, whose, unit, unnest(['collected', 'debt']), 'order', id, 'paid',
        paid_currency, unnest([amount, -amount])
    FROM paid_in WHERE counts
    UNION ALL
    SELECT question, whose, unit, 'collected_other', 'order', id, 'paid', paid_currency, amount
    FROM paid_in WHERE NOT counts
    UNION ALL
    SELECT question, whose, unit, 'balance', 'order', id, 'paid', paid_currency, -amount
    FROM paid_in
    UNION ALL
    SELECT question, whose, unit, unnest(['collected_other', 'balance']), 'payment', id, 'paid',
        currency, unnest([amount, -amount])
    FROM unnamed
)
SELECT *, '' AS part, '' AS currency, 1 AS amount FROM counted
UNION ALL BY NAME
SELECT * REPLACE (coalesce(currency, '') AS currency) FROM summed;

-- Units with and without something.
CREATE OR REPLACE TABLE telesales_having AS
WITH names (name, without, thing) AS (
    VALUES
    ('called', 'not_called', 'calls_attempted'),
    ('customers_reached', NULL, 'calls_connected'),
    ('called_by_anyone', NULL, 'calls_by_anyone'),
    ('customers_with_appointment', 'no_appointment', 'appointments'),
    ('customers_with_order', 'no_order', 'orders')
),
judged AS (
    SELECT
        units.question, units.whose, units.subject, units.unit, units.customer,
        names.name, names.without,
        (units.question, units.whose, units.unit, names.thing) IN (
            SELECT (question, whose, unit, name) FROM telesales_things
        ) AS has
    FROM telesales_units AS units
    CROSS JOIN names
)
SELECT question, whose, subject, unit, customer, if(has, name, without) AS name FROM judged
WHERE has OR without IS NOT NULL
UNION ALL
SELECT
    question, whose, subject, unit, customer,
    if(subject = 'opportunity', 'opportunities', 'customers') AS name
FROM telesales_units;

CREATE OR REPLACE TABLE telesales_figures AS
SELECT question, whose, name, '' AS currency, count(DISTINCT unit) AS value
FROM telesales_having
GROUP BY ALL
UNION ALL
SELECT question, whose, 'customers_distinct', '', count(DISTINCT customer)
FROM telesales_units
WHERE subject = 'opportunity'
GROUP BY ALL
UNION ALL
SELECT question, whose, name, currency, CAST(sum(amount) AS BIGINT)
FROM (SELECT DISTINCT question, whose, name, kind, id, part, currency, amount FROM telesales_things)
GROUP BY ALL;

CREATE OR REPLACE TABLE telesales_members AS
SELECT DISTINCT
    question, whose, name, subject AS kind, if(subject = 'customer', customer, unit) AS id
FROM telesales_having
UNION ALL
SELECT DISTINCT question, whose, 'customers_distinct', 'customer', customer FROM telesales_units
WHERE subject = 'opportunity'
UNION ALL
SELECT DISTINCT question, whose, name, kind, id FROM telesales_things
WHERE name NOT IN ('collected_other', 'balance')
UNION ALL
SELECT DISTINCT question, whose, name, 'customer', customer
FROM telesales_things
JOIN telesales_units USING (question, whose, unit)
WHERE name IN ('collected_other', 'balance');
