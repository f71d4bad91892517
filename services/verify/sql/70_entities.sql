-- Which number stands for which entity in the store: by its fact, else by its index entry.
CREATE OR REPLACE TABLE differences (
    what VARCHAR, tenant VARCHAR, key VARCHAR, item VARCHAR, expected VARCHAR, found VARCHAR,
    also VARCHAR
);

INSERT INTO differences BY NAME
SELECT 'unreadable key' AS what, key, item, reason AS found FROM unreadable;

CREATE OR REPLACE TABLE entities AS
WITH indexed AS (
    SELECT numbers.tenant, numbers.number, tags.kind, substr(numbers.name, 2) AS id
    FROM found_numbers AS numbers
    JOIN tags ON tags.tag = numbers.name[1]
    WHERE NOT EXISTS (
        SELECT 1 FROM found_facts AS facts
        WHERE facts.tenant = numbers.tenant AND facts.field = numbers.number
    )
)
SELECT tenant, number, any_value(kind) AS kind, any_value(id) AS id FROM indexed GROUP BY ALL
UNION ALL
SELECT tenant, field AS number, kind, id FROM found_facts;
