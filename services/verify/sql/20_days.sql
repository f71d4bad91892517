-- docs/rules.md 1.4: every instant of an event, and its local day in the zone then in force.
CREATE OR REPLACE TABLE moments AS
SELECT log_offset, time_zone, 'event' AS moment, time_ms AS at_ms
FROM events WHERE type = 'employee.upserted'
UNION ALL
SELECT
    log_offset, time_zone, 'created' AS moment, milliseconds(data ->> '$.created_at') AS at_ms
FROM events WHERE type IN ('customer.created', 'opportunity.created', 'order.created')
UNION ALL
SELECT
    log_offset, time_zone, 'assigned' AS moment,
    coalesce(milliseconds(data ->> '$.assigned_at'), time_ms) AS at_ms
FROM events WHERE type = 'customer.assigned'
UNION ALL
SELECT
    log_offset, time_zone, 'changed' AS moment, milliseconds(data ->> '$.changed_at') AS at_ms
FROM events WHERE type = 'customer.status_changed'
UNION ALL
SELECT
    log_offset, time_zone, 'started' AS moment, milliseconds(data ->> '$.started_at') AS at_ms
FROM events WHERE type IN ('call.connected', 'call.ended')
UNION ALL
SELECT
    log_offset, time_zone, 'connected' AS moment,
    CASE
        WHEN data ->> '$.connected_at' IS NOT NULL THEN milliseconds(data ->> '$.connected_at')
        WHEN type = 'call.ended' AND CAST(data ->> '$.duration_s' AS BIGINT) > 0
            THEN milliseconds(data ->> '$.ended_at')
                - CAST(data ->> '$.duration_s' AS BIGINT) * 1000
    END AS at_ms
FROM events WHERE type IN ('call.connected', 'call.ended')
UNION ALL
SELECT log_offset, time_zone, 'ended' AS moment, milliseconds(data ->> '$.ended_at') AS at_ms
FROM events WHERE type = 'call.ended'
UNION ALL
SELECT log_offset, time_zone, 'opened' AS moment, milliseconds(data ->> '$.opened_at') AS at_ms
FROM events WHERE type = 'email.opened'
UNION ALL
SELECT log_offset, time_zone, 'closed' AS moment, milliseconds(data ->> '$.closed_at') AS at_ms
FROM events WHERE type = 'opportunity.closed';

CREATE OR REPLACE TABLE days AS
SELECT
    moments.log_offset, moments.moment, moments.at_ms,
    CAST(
        strftime(make_timestamp((moments.at_ms + zone.offset_ms) * 1000), '%Y%m%d') AS INTEGER
    ) AS day
FROM moments
ASOF JOIN zone_offsets AS zone
    ON moments.time_zone = zone.time_zone AND moments.at_ms >= zone.from_ms
WHERE moments.at_ms IS NOT NULL;

DROP TABLE moments;
