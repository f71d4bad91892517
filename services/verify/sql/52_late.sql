-- docs/rules.md section 6: what became of a locked day since, by place and field: what stands now
-- less what stood at the first lock that covers the day (`at_locks`, counted by recount.py).
CREATE OR REPLACE TABLE late AS
WITH covered AS (
    SELECT now.tenant, now.day, min(locks.log_offset) AS lock_offset
    FROM (
        SELECT DISTINCT tenant, day FROM contributions
        UNION
        SELECT DISTINCT tenant, day FROM at_locks
    ) AS now
    JOIN locks
        ON now.tenant = locks.tenant AND now.day BETWEEN locks.first_day AND locks.last_day
    GROUP BY ALL
),
changes AS (
    SELECT
        now.tenant, now.metric, now.currency, now.name, now.text, now.mark, now.day,
        now.department, now.employee, now.value
    FROM contributions AS now
    JOIN covered USING (tenant, day)
    UNION ALL
    SELECT
        before.tenant, before.metric, before.currency, before.name, before.text, before.mark,
        before.day, before.department, before.employee, -before.value
    FROM at_locks AS before
    JOIN covered USING (tenant, day, lock_offset)
)
SELECT
    changes.tenant, changes.metric, texts.dimension, changes.mark, changes.day, changes.department,
    changes.employee, CAST(sum(changes.value) AS BIGINT) AS value
FROM changes
JOIN dimension_texts AS texts
    ON changes.currency IS NOT DISTINCT FROM texts.currency
    AND changes.name IS NOT DISTINCT FROM texts.name
    AND changes.text IS NOT DISTINCT FROM texts.text
GROUP BY ALL
HAVING sum(changes.value) <> 0;
