-- docs/rules.md section 3: scored lists, by the day or time from which the clock counts.
CREATE OR REPLACE TABLE scores AS
SELECT
    tenant, 'customer' AS kind, id, unnest(['customers_contacted', 'persons_born']) AS list,
    owner AS employee, unnest([coalesce(contacted, 0), birthday]) AS score
FROM living WHERE group_known
UNION ALL
SELECT
    contacts.tenant, 'contact' AS kind, contacts.id, 'persons_born' AS list,
    buyers.owner AS employee, contacts.birthday AS score
FROM contacts
JOIN buyers ON contacts.tenant = buyers.tenant AND contacts.customer = buyers.id
WHERE contacts.known AND NOT contacts.deleted AND buyers.alive
UNION ALL
SELECT
    tenant, 'task' AS kind, id, 'tasks_due' AS list, unnest(assignees) AS employee,
    in_time_ms AS score
FROM live_tasks
WHERE
    status <> 'completed' AND in_time_ms IS NOT NULL
    AND NOT (status = 'awaiting_confirmation' AND status_ms <= in_time_ms)
UNION ALL
SELECT
    tenant, 'call' AS kind, id, 'calls_running' AS list, agent AS employee, began_ms AS score
FROM agents_calls WHERE NOT ended;
