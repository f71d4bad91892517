-- Targets as they are served, and what was crossed. That a threshold was crossed and the figure
-- fell back cannot be seen in the end of the log: then its cause must be an event, and its
-- threshold one of a target that was set.
INSERT INTO differences BY NAME
WITH expected AS (
    SELECT held.*, tenant_keys.prefix || 'targets:' || held.period AS key
    FROM targets_held AS held
    JOIN tenant_keys USING (tenant)
)
SELECT
    CASE
        WHEN found.key IS NULL THEN 'missing target'
        WHEN expected.key IS NULL THEN 'surplus target'
        ELSE 'changed target'
    END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.slot, found.slot) AS item, expected.value AS expected, found.value AS found
FROM expected
FULL JOIN found_targets AS found ON expected.key = found.key AND expected.slot = found.slot
WHERE expected.value IS DISTINCT FROM found.value;

INSERT INTO differences BY NAME
WITH expected AS (
    SELECT aimed.tenant, aimed.member, aimed.holds, tenant_keys.prefix || 'aimed' AS key
    FROM targets_aimed AS aimed
    JOIN tenant_keys USING (tenant)
)
SELECT
    CASE WHEN found.key IS NULL THEN 'missing aim' ELSE 'surplus aim' END AS what,
    coalesce(expected.tenant, found.tenant) AS tenant, coalesce(expected.key, found.key) AS key,
    coalesce(expected.member, found.member) AS item, expected.member AS expected,
    found.member AS found
FROM expected
FULL JOIN found_aimed AS found ON expected.key = found.key AND expected.member = found.member
WHERE expected.key IS NULL OR (found.key IS NULL AND expected.holds);

INSERT INTO differences BY NAME
WITH expected AS (
    SELECT must.*, tenant_keys.prefix || 'crossed:' || must.period AS key
    FROM must_be_crossed AS must
    JOIN tenant_keys USING (tenant)
)
SELECT
    'missing crossing' AS what, expected.tenant, expected.key, expected.mark AS item,
    'crossed at ' || expected.value AS expected, NULL AS found
FROM expected
ANTI JOIN found_crossed AS found ON expected.key = found.key AND expected.mark = found.mark;

INSERT INTO differences BY NAME
SELECT
    'stray crossing' AS what, found.tenant, found.key, found.mark AS item,
    'a threshold of a target, and an event as its cause' AS expected, found.cause AS found
FROM found_crossed AS found
WHERE
    NOT EXISTS (
        SELECT 1 FROM events
        WHERE events.tenant = found.tenant AND events.event_id = found.cause
    )
    OR NOT EXISTS (
        SELECT 1 FROM may_be_crossed AS may
        WHERE
            may.tenant = found.tenant AND may.period = found.period
            AND may.metric = found.metric AND may.threshold = found.threshold
            AND (
                (NOT may.per_person AND may.scope = found.scope AND may.whose = found.id)
                OR (may.per_person AND found.scope = 'employee')
            )
    );
