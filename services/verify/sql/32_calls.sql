-- docs/rules.md section 2: calls, with the number that was dialled or rang.
CREATE OR REPLACE TABLE call_who AS
SELECT
    events.tenant, events.subject AS id, events.version,
    events.data ->> '$.direction' AS direction,
    events.data ->> '$.employee_id' AS employee_id,
    events.data ->> '$.customer_id' AS customer_id,
    events.data ->> '$.phone' AS phone,
    events.data ->> '$.extension' AS extension,
    coalesce(numbers_read.number, '') AS number,
    coalesce(NOT numbers_read.blank AND numbers_read.number = '', false) AS misdialled
FROM events
LEFT JOIN numbers_read
    ON events.region = numbers_read.region AND events.data ->> '$.phone' = numbers_read.text
WHERE events.type LIKE 'call.%'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, direction DESC, employee_id DESC NULLS LAST,
        customer_id DESC NULLS LAST, phone DESC NULLS LAST, extension DESC NULLS LAST,
        number DESC
) = 1;

CREATE OR REPLACE TABLE call_moments AS
SELECT
    events.tenant, events.subject AS id, days.moment, events.version, days.at_ms, days.day,
    CASE WHEN days.moment = 'ended' THEN CAST(events.data ->> '$.duration_s' AS BIGINT) END
        AS duration_s
FROM events
JOIN days ON events.log_offset = days.log_offset
WHERE events.type LIKE 'call.%'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject, days.moment
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC, duration_s DESC
) = 1;

CREATE OR REPLACE TABLE calls AS
SELECT
    who.* EXCLUDE (version, phone),
    started.at_ms AS started_ms, started.day AS started_day,
    connected.at_ms AS connected_ms, connected.day AS connected_day,
    ended.at_ms AS ended_ms, ended.day AS ended_day,
    ended.version IS NOT NULL AS ended,
    ended.duration_s,
    connected.version IS NOT NULL AND NOT coalesce(ended.duration_s = 0, false) AS spoke,
    coalesce(started.day, connected.day, ended.day) AS start_day,
    coalesce(started.at_ms, connected.at_ms, ended.at_ms) AS began_ms
FROM call_who AS who
LEFT JOIN call_moments AS started
    ON who.tenant = started.tenant AND who.id = started.id AND started.moment = 'started'
LEFT JOIN call_moments AS connected
    ON who.tenant = connected.tenant AND who.id = connected.id AND connected.moment = 'connected'
LEFT JOIN call_moments AS ended
    ON who.tenant = ended.tenant AND who.id = ended.id AND ended.moment = 'ended';
