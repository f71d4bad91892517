-- docs/rules.md section 2: e-mails, messages and notes.
CREATE OR REPLACE TABLE email_doings AS
SELECT
    events.tenant, events.subject || '|' || (events.data ->> '$.recipient') AS id,
    events.version, days.moment, days.at_ms, days.day,
    events.data ->> '$.sender_id' AS sender_id,
    events.data ->> '$.customer_id' AS customer_id,
    coalesce(CAST(events.data ->> '$.machine' AS BOOLEAN), false) AS machine
FROM events
JOIN days ON events.log_offset = days.log_offset
WHERE events.type LIKE 'email.%';

CREATE OR REPLACE TABLE emails AS
WITH who AS (
    SELECT tenant, id, version, sender_id, customer_id FROM email_doings
    QUALIFY row_number() OVER (
        PARTITION BY tenant, id
        ORDER BY version DESC, sender_id DESC NULLS LAST, customer_id DESC NULLS LAST
    ) = 1
),
opened AS (
    SELECT tenant, id, at_ms AS opened_ms, day AS opened_day FROM email_doings
    WHERE moment = 'opened' AND NOT machine
    QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY at_ms, day) = 1
),
clicked AS (
    SELECT tenant, id, at_ms AS clicked_ms, day AS clicked_day FROM email_doings
    WHERE moment = 'clicked' AND NOT machine
    QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY at_ms DESC, day DESC) = 1
)
SELECT who.*, opened.opened_ms, opened.opened_day, clicked.clicked_ms, clicked.clicked_day
FROM who
LEFT JOIN opened USING (tenant, id)
LEFT JOIN clicked USING (tenant, id);

CREATE OR REPLACE TABLE message_who AS
SELECT
    tenant, subject AS id, version,
    data ->> '$.channel' AS channel,
    data ->> '$.sender_id' AS sender_id,
    data ->> '$.customer_id' AS customer_id,
    data ->> '$.phone' AS phone
FROM events
WHERE type = 'message.sent'
QUALIFY row_number() OVER (
    PARTITION BY tenant, id
    ORDER BY version DESC, channel DESC, sender_id DESC NULLS LAST,
        customer_id DESC NULLS LAST, phone DESC NULLS LAST
) = 1;

CREATE OR REPLACE TABLE message_sent AS
SELECT events.tenant, events.subject AS id, events.version, days.at_ms, days.day
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'sent'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC
) = 1;

CREATE OR REPLACE TABLE message_outcomes AS
SELECT
    tenant, subject AS id, version,
    type = 'message.sent' AND coalesce(data ->> '$.status', 'success') = 'success' AS arrived
FROM events
WHERE type LIKE 'message.%'
QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY version DESC, arrived DESC) = 1;

CREATE OR REPLACE TABLE notes AS
SELECT
    events.tenant, events.subject AS id, events.version, days.at_ms, days.day,
    events.data ->> '$.author_id' AS author_id,
    events.data ->> '$.customer_id' AS customer_id,
    coalesce(CAST(events.data ->> '$.automatic' AS BOOLEAN), false) AS automatic
FROM events
JOIN days ON events.log_offset = days.log_offset AND days.moment = 'added'
QUALIFY row_number() OVER (
    PARTITION BY events.tenant, events.subject
    ORDER BY events.version DESC, days.at_ms DESC, days.day DESC, author_id DESC NULLS LAST,
        customer_id DESC NULLS LAST, automatic DESC
) = 1;
