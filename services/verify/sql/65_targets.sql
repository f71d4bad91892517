-- docs/rules.md section 9: the targets that hold, the figures they are about, and which of their
-- thresholds must have been crossed, for the figure is beyond them now.
CREATE OR REPLACE TABLE targets_held AS
SELECT
    tenant, period, slot,
    CAST(json_array(version, amount, currency, weight, to_json(thresholds), set_by) AS VARCHAR)
        AS value
FROM targets WHERE amount IS NOT NULL;

-- A target that was overtaken before it came was never looked at: what holds now must be known.
CREATE OR REPLACE TABLE targets_aimed AS
SELECT said.tenant, said.period || '|' || fields.field AS member, bool_or(said.holds) AS holds
FROM (
    SELECT tenant, period, metric, currency, first_day, last_day, false AS holds
    FROM target_events WHERE amount IS NOT NULL
    UNION ALL
    SELECT tenant, period, metric, currency, first_day, last_day, true AS holds
    FROM targets WHERE amount IS NOT NULL
) AS said
JOIN target_fields AS fields USING (metric, currency)
WHERE said.first_day <= said.last_day
GROUP BY ALL;

CREATE OR REPLACE TABLE must_be_crossed AS
WITH own AS (
    SELECT
        targets.tenant, targets.period, targets.slot, targets.amount * fields.unit AS amount, fields.field,
        targets.metric, fields.dimension, targets.scope, targets.whose, targets.first_day,
        targets.last_day,
        unnest(
            CASE WHEN len(targets.thresholds) = 0 THEN [50, 90, 100, 120]
            ELSE targets.thresholds END
        ) AS threshold
    FROM targets
    JOIN target_fields AS fields USING (metric, currency)
    WHERE targets.amount > 0 AND NOT targets.per_person
),
reached AS (
    SELECT
        own.tenant, own.period, own.slot, own.threshold, own.amount,
        CAST(sum(cells.value) AS BIGINT) AS value
    FROM own
    JOIN cells
        ON cells.grain = 'cell' AND cells.tenant = own.tenant AND cells.metric = own.metric
        AND cells.dimension = own.dimension AND cells.scope = own.scope
        AND cells.scope_id = own.whose AND cells.day BETWEEN own.first_day AND own.last_day
    GROUP BY ALL
)
SELECT tenant, period, slot || '|' || threshold AS mark, value
FROM reached
WHERE value * 100 >= threshold * amount;

-- What may have been crossed: a threshold of a target that was ever set for the figure.
CREATE OR REPLACE TABLE may_be_crossed AS
SELECT DISTINCT
    tenant, period, metric, scope, whose, per_person,
    unnest(CASE WHEN len(thresholds) = 0 THEN [50, 90, 100, 120] ELSE thresholds END)
        AS threshold
FROM target_events
WHERE amount IS NOT NULL;
