-- docs/rules.md section 3: what calls and e-mails contribute.
INSERT INTO claims BY NAME
SELECT
    tenant, 'call' AS kind, id,
    unnest(['calls_outbound', 'talk_seconds_outbound']) AS metric,
    connected_day AS day, connected_day AS works_on, employee_id AS employee,
    unnest([1, coalesce(duration_s, 0)]) AS value
FROM calls WHERE direction = 'outbound' AND spoke;

INSERT INTO claims BY NAME
SELECT
    tenant, 'call' AS kind, id, 'calls_inbound_offered' AS metric,
    start_day AS day, start_day AS works_on, employee_id AS employee, 1 AS value
FROM calls WHERE direction = 'inbound' AND start_day IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'call' AS kind, id,
    unnest(['calls_inbound_answered', 'talk_seconds_inbound', 'answer_wait_seconds_inbound'])
        AS metric,
    start_day AS day, start_day AS works_on, employee_id AS employee,
    unnest([
        1, coalesce(duration_s, 0),
        CASE WHEN connected_ms >= started_ms THEN (connected_ms - started_ms) // 1000 ELSE 0 END
    ]) AS value
FROM calls WHERE direction = 'inbound' AND spoke;

INSERT INTO claims BY NAME
SELECT
    tenant, 'call' AS kind, id, 'calls_inbound_missed' AS metric,
    start_day AS day, start_day AS works_on, employee_id AS employee, 1 AS value
FROM calls
WHERE direction = 'inbound' AND ended AND (connected_ms IS NULL OR duration_s = 0);

INSERT INTO claims BY NAME
SELECT
    tenant, 'email' AS kind, id, 'emails_opened' AS metric,
    opened_day AS day, opened_day AS works_on, sender_id AS employee, 1 AS value
FROM emails WHERE opened_day IS NOT NULL;
