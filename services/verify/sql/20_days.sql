-- docs/rules.md 1.4: every instant of an event, and its local day in the zone then in force.
CREATE OR REPLACE TABLE moments AS
WITH places (type, moment, path) AS (
    VALUES
    ('employee.extension_changed', 'changed', '$.changed_at'),
    ('customer.created', 'created', '$.created_at'),
    ('customer.status_changed', 'changed', '$.changed_at'),
    ('call.started', 'started', '$.started_at'),
    ('call.connected', 'started', '$.started_at'),
    ('call.ended', 'started', '$.started_at'),
    ('call.connected', 'connected', '$.connected_at'),
    ('call.ended', 'connected', '$.connected_at'),
    ('call.ended', 'ended', '$.ended_at'),
    ('email.opened', 'opened', '$.opened_at'),
    ('email.clicked', 'clicked', '$.clicked_at'),
    ('message.sent', 'sent', '$.sent_at'),
    ('note.added', 'added', '$.created_at'),
    ('task.created', 'created', '$.created_at'),
    ('task.status_changed', 'changed', '$.changed_at'),
    ('opportunity.created', 'created', '$.created_at'),
    ('opportunity.closed', 'closed', '$.closed_at'),
    ('order.created', 'created', '$.created_at'),
    ('order.approved', 'decided', '$.approved_at'),
    ('order.approval_revoked', 'decided', '$.revoked_at'),
    ('order.rejected', 'decided', '$.rejected_at'),
    ('order.returned', 'returned', '$.returned_at'),
    ('payment.received', 'received', '$.paid_at'),
    ('payment.reversed', 'reversed', '$.reversed_at'),
    ('contract.created', 'created', '$.created_at'),
    ('contract.renewed', 'renewed', '$.renewed_at')
)
SELECT
    events.log_offset, events.time_zone, places.moment,
    milliseconds(json_extract_string(events.data, places.path)) AS at_ms
FROM events
JOIN places USING (type)
UNION ALL
SELECT log_offset, time_zone, 'event' AS moment, time_ms AS at_ms
FROM events WHERE type = 'employee.upserted'
UNION ALL
SELECT
    log_offset, time_zone, 'assigned' AS moment,
    coalesce(milliseconds(data ->> '$.assigned_at'), time_ms) AS at_ms
FROM events WHERE type = 'customer.assigned'
UNION ALL
SELECT
    log_offset, time_zone, 'connected' AS moment,
    milliseconds(data ->> '$.ended_at') - CAST(data ->> '$.duration_s' AS BIGINT) * 1000 AS at_ms
FROM events
WHERE type = 'call.ended' AND data ->> '$.connected_at' IS NULL
AND CAST(data ->> '$.duration_s' AS BIGINT) > 0
UNION ALL
SELECT log_offset, time_zone, 'start' AS moment, milliseconds(data ->> '$.start') AS at_ms
FROM events WHERE type IN ('task.created', 'task.updated') AND len(data ->> '$.start') > 10
UNION ALL
SELECT log_offset, time_zone, 'end' AS moment, milliseconds(data ->> '$.end') AS at_ms
FROM events WHERE type IN ('task.created', 'task.updated') AND len(data ->> '$.end') > 10;

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

-- Where local midnights lie: the last millisecond of a day on which a task ends, the first one of
-- a day from which an employee has an extension.
CREATE OR REPLACE TABLE spans AS
SELECT
    time_zone, from_ms, offset_ms,
    lead(from_ms, 1, 10 ** 15) OVER (PARTITION BY time_zone ORDER BY from_ms) AS to_ms
FROM zone_offsets;

CREATE OR REPLACE TABLE day_ends AS
WITH wanted AS (
    SELECT DISTINCT
        time_zone, data ->> '$.end' AS date,
        epoch_ms(CAST(data ->> '$.end' AS TIMESTAMP) + INTERVAL 1 DAY) AS midnight_ms
    FROM events WHERE type IN ('task.created', 'task.updated') AND len(data ->> '$.end') = 10
)
SELECT
    wanted.time_zone, wanted.date,
    CAST(max(least(wanted.midnight_ms - spans.offset_ms, spans.to_ms)) - 1 AS BIGINT) AS at_ms
FROM wanted
JOIN spans
    ON wanted.time_zone = spans.time_zone
    AND spans.from_ms < wanted.midnight_ms - spans.offset_ms
GROUP BY ALL;

CREATE OR REPLACE TABLE day_starts AS
WITH wanted AS (
    SELECT
        events.log_offset, events.time_zone,
        coalesce(day_of_date(events.data ->> '$.valid_from'), days.day) AS day
    FROM events
    JOIN days ON events.log_offset = days.log_offset AND days.moment = 'event'
),
dated AS (
    SELECT *, epoch_ms(make_timestamp(day // 10000, day // 100 % 100, day % 100, 0, 0, 0))
        AS midnight_ms
    FROM wanted
)
SELECT
    dated.log_offset, dated.day,
    CAST(min(greatest(dated.midnight_ms - spans.offset_ms, spans.from_ms)) AS BIGINT) AS at_ms
FROM dated
JOIN spans
    ON dated.time_zone = spans.time_zone
    AND spans.to_ms > dated.midnight_ms - spans.offset_ms
GROUP BY ALL;
