-- docs/rules.md 1.5: the numbers of the phones that an event names, each in the region then in
-- force ('' = a phone that is no number); blank phones say nothing.
CREATE OR REPLACE TABLE phones_said AS
WITH lists AS (
    SELECT
        log_offset, region, given(data, '$.phones') AS said,
        CASE
            WHEN json_type(json_extract(data, '$.phones')) = 'ARRAY'
                THEN CAST(json_extract(data, '$.phones') AS VARCHAR[])
            ELSE CAST([] AS VARCHAR[])
        END AS phones
    FROM events
    WHERE type IN ('customer.created', 'customer.updated', 'contact.upserted')
),
each_phone AS (
    SELECT log_offset, region, unnest(phones) AS text FROM lists
),
read AS (
    SELECT each_phone.log_offset, list_sort(list(DISTINCT numbers_read.number)) AS numbers
    FROM each_phone
    JOIN numbers_read USING (region, text)
    WHERE NOT numbers_read.blank
    GROUP BY ALL
)
SELECT lists.log_offset, to_json(coalesce(read.numbers, CAST([] AS VARCHAR[]))) AS numbers
FROM lists
LEFT JOIN read USING (log_offset)
WHERE lists.said;
