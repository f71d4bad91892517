-- docs/rules.md section 3: what calls, e-mails, messages and notes contribute.
CREATE OR REPLACE TABLE agents_calls AS
SELECT * FROM calls JOIN call_agents USING (tenant, id);

INSERT INTO claims BY NAME
SELECT
    tenant, 'call' AS kind, id, 'calls_attempted' AS metric,
    start_day AS day, start_day AS works_on, agent AS employee, 1 AS value
FROM agents_calls WHERE direction = 'outbound' AND start_day IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'call' AS kind, id, unnest(['calls_outbound', 'talk_seconds_outbound']) AS metric,
    connected_day AS day, connected_day AS works_on, agent AS employee,
    unnest([1, coalesce(duration_s, 0)]) AS value
FROM agents_calls
WHERE direction = 'outbound' AND spoke;

-- Of a call each survivor of its customers is remembered, once (51_cells.sql).
CREATE OR REPLACE TABLE call_visits AS
SELECT DISTINCT with_whom.tenant, with_whom.id, buyers.survivor
FROM call_customers AS with_whom
JOIN buyers ON with_whom.tenant = buyers.tenant AND with_whom.customer = buyers.id;

INSERT INTO claims BY NAME
SELECT
    tenant, 'call' AS kind, id, 'calls_inbound_offered' AS metric,
    start_day AS day, start_day AS works_on, agent AS employee, 1 AS value
FROM agents_calls WHERE direction = 'inbound' AND start_day IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'call' AS kind, id,
    unnest(['calls_inbound_answered', 'talk_seconds_inbound', 'answer_wait_seconds_inbound'])
        AS metric,
    start_day AS day, start_day AS works_on, agent AS employee,
    unnest([
        1, coalesce(duration_s, 0),
        CASE WHEN connected_ms >= started_ms THEN (connected_ms - started_ms) // 1000 ELSE 0 END
    ]) AS value
FROM agents_calls WHERE direction = 'inbound' AND spoke;

INSERT INTO claims BY NAME
SELECT
    tenant, 'call' AS kind, id, 'calls_inbound_missed' AS metric,
    start_day AS day, start_day AS works_on, agent AS employee, 1 AS value
FROM agents_calls
WHERE direction = 'inbound' AND ended AND (connected_ms IS NULL OR duration_s = 0);

INSERT INTO claims BY NAME
SELECT
    emails.tenant, 'email' AS kind, emails.id, 'emails_opened' AS metric,
    opened_day AS day, opened_day AS works_on, sender_id AS employee, 1 AS value,
    buyers.survivor AS visit
FROM emails
LEFT JOIN buyers ON emails.tenant = buyers.tenant AND emails.customer_id = buyers.id
WHERE opened_day IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    sent.tenant, 'message' AS kind, sent.id, 'messages_sent' AS metric,
    sent.day, sent.day AS works_on, who.sender_id AS employee,
    unnest([NULL, 'channel']) AS name, unnest([NULL, who.channel]) AS text, 1 AS value,
    unnest([buyers.survivor, NULL]) AS visit
FROM message_sent AS sent
JOIN message_outcomes AS outcomes
    ON sent.tenant = outcomes.tenant AND sent.id = outcomes.id AND outcomes.arrived
JOIN message_who AS who ON sent.tenant = who.tenant AND sent.id = who.id
LEFT JOIN buyers ON who.tenant = buyers.tenant AND who.customer_id = buyers.id;

INSERT INTO claims BY NAME
SELECT
    notes.tenant, 'note' AS kind, notes.id, 'notes_added' AS metric,
    day, day AS works_on, author_id AS employee, 1 AS value, buyers.survivor AS visit
FROM notes
LEFT JOIN buyers ON notes.tenant = buyers.tenant AND notes.customer_id = buyers.id
WHERE NOT automatic;
