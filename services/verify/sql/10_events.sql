-- docs/rules.md section 1: from record to event. First wins; version = (revision, time).
CREATE OR REPLACE MACRO milliseconds(text) AS epoch_ms(CAST(text AS TIMESTAMPTZ));
CREATE OR REPLACE MACRO day_of_date(text) AS CAST(replace(text, '-', '') AS INTEGER);
-- docs/rules.md 1.6: the score of a birthday; of a sealed one the keyed number inside it.
CREATE OR REPLACE MACRO birth_score(text) AS CASE
    WHEN text LIKE '~1.%' THEN TRY_CAST(split_part(text, '.', 3) AS INTEGER)
    ELSE TRY_CAST(replace(text, '-', '') AS INTEGER)
END;
-- Lines of goods; rounded half to even.
CREATE OR REPLACE MACRO goods(lines) AS list_transform(CAST(lines AS JSON[]), lambda line: {
    'product': json_extract_string(line, '$.product_id'),
    'thousandths': CAST(
        round_even(CAST(json_extract_string(line, '$.quantity') AS DOUBLE) * 1000, 0) AS BIGINT
    ),
    'amount': coalesce(CAST(json_extract_string(line, '$.amount.amount') AS BIGINT), 0),
    'currency': coalesce(json_extract_string(line, '$.amount.currency'), '')
});
CREATE OR REPLACE MACRO money(text) AS {
    'amount': CAST(json_extract_string(text, '$.amount') AS BIGINT),
    'currency': json_extract_string(text, '$.currency')
};
-- Present, null included: JSON null is a value, an absent field is SQL NULL.
CREATE OR REPLACE MACRO given(data, path) AS json_extract(data, path) IS NOT NULL;

-- docs/rules.md 1.7: no record of an erased tenant counts, whenever it was erased.
CREATE OR REPLACE TABLE erased_tenants AS
SELECT DISTINCT json_extract_string(value, '$.tenantid') AS tenant FROM records
WHERE value LIKE '%"tenant.erased"%' AND json_valid(value)
AND json_extract_string(value, '$.type') = 'tenant.erased';

CREATE OR REPLACE TABLE readable AS
WITH split AS (
    SELECT
        log_offset,
        value,
        json_extract_string(
            value,
            ['$.tenantid', '$.source', '$.id', '$.type', '$.subject', '$.time', '$.data.revision']
        ) AS part,
        json_extract(value, '$.data') AS data
    FROM considered
    WHERE json_valid(value)
)
SELECT
    log_offset,
    value,
    part[1] AS tenant,
    part[2] AS source,
    part[3] AS id,
    part[4] AS type,
    part[5] AS subject,
    milliseconds(part[6]) AS time_ms,
    coalesce(CAST(part[7] AS BIGINT), 0) * 4398046511104 + milliseconds(part[6]) AS version,
    data
FROM split
WHERE
    part[1] IS NOT NULL AND part[2] IS NOT NULL AND part[3] IS NOT NULL
    AND part[1] NOT IN (FROM erased_tenants)
    AND part[5] IS NOT NULL AND part[6] IS NOT NULL AND json_type(data) = 'OBJECT'
    AND (part[4] IN (SELECT type FROM document_types) OR part[4] IN (
        'department.upserted', 'employee.upserted', 'employee.extension_changed',
        'employee.pseudonymised',
        'permission.changed', 'setting.changed', 'apikey.created', 'apikey.revoked',
        'period.locked', 'taxonomy.upserted', 'target.set', 'target.removed', 'metric.definition_changed',
        'customer.created', 'customer.updated', 'customer.assigned', 'customer.status_changed',
        'customer.deleted', 'customer.restored', 'customer.merged', 'customer.erased', 'contact.upserted',
        'contact.deleted', 'call.started', 'call.connected', 'call.ended', 'email.opened',
        'email.clicked', 'message.sent', 'message.failed', 'note.added', 'note.deleted',
        'task.created', 'task.updated', 'task.status_changed', 'task.deleted',
        'opportunity.created', 'opportunity.assigned', 'opportunity.closed',
        'opportunity.deleted', 'order.created', 'order.updated', 'order.approved',
        'order.approval_revoked', 'order.rejected', 'order.cancelled', 'order.deleted',
        'order.returned', 'payment.received', 'payment.reversed', 'contract.created',
        'contract.updated', 'contract.renewed', 'contract.cancelled', 'contract.deleted',
        'stock.issued', 'stock.received', 'stock.voided'
    ));

CREATE OR REPLACE TABLE ranked AS
SELECT
    *,
    row_number() OVER same AS attempt,
    first_value(value) OVER same AS first_bytes
FROM readable
WINDOW same AS (PARTITION BY tenant, source, id ORDER BY log_offset);

CREATE OR REPLACE TABLE duplicates AS
SELECT tenant, count(*) FILTER (value <> first_bytes) AS conflicts, count(*) AS repeats
FROM ranked
WHERE attempt > 1
GROUP BY tenant;

-- Time zone and region in force at a record: of the last setting.changed before it that has it.
-- The thresholds of targets that name none are in force in the same way.
CREATE OR REPLACE TABLE setting_changes AS
SELECT
    tenant, log_offset, data ->> '$.time_zone' AS time_zone, data ->> '$.region' AS region,
    CASE
        WHEN json_type(json_extract(data, '$.thresholds')) = 'ARRAY'
            THEN list_sort(list_distinct(CAST(json_extract(data, '$.thresholds') AS BIGINT[])))
    END AS thresholds
FROM ranked
WHERE attempt = 1 AND type = 'setting.changed';

CREATE OR REPLACE TABLE events AS
SELECT
    event.log_offset, event.tenant, event.id AS event_id, event.type, event.subject,
    event.time_ms, event.version, event.data,
    coalesce(zone.time_zone, 'Asia/Ho_Chi_Minh') AS time_zone,
    coalesce(place.region, 'VN') AS region
FROM (SELECT * FROM ranked WHERE attempt = 1) AS event
ASOF LEFT JOIN (FROM setting_changes WHERE time_zone IS NOT NULL) AS zone
    ON event.tenant = zone.tenant AND event.log_offset > zone.log_offset
ASOF LEFT JOIN (FROM setting_changes WHERE region IS NOT NULL) AS place
    ON event.tenant = place.tenant AND event.log_offset > place.log_offset;

DROP TABLE readable;
DROP TABLE ranked;
