-- docs/rules.md section 3: what payments and contracts contribute; what is in doubt.
CREATE OR REPLACE TABLE credited_payments AS
SELECT
    payments.*,
    CASE WHEN orders.created THEN orders.owner ELSE buyers.owner END AS employee,
    payments.order_id IS NOT NULL AND NOT orders.created AS doubted
FROM payments
LEFT JOIN orders ON payments.tenant = orders.tenant AND payments.order_id = orders.id
LEFT JOIN buyers ON payments.tenant = buyers.tenant AND payments.customer = buyers.id
WHERE payments.received_day IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'payment' AS kind, id, unnest(['payments', 'collections']) AS metric,
    received_day AS day, received_day AS works_on, employee,
    unnest([NULL, currency]) AS currency, unnest([1, amount]) AS value
FROM credited_payments;

INSERT INTO claims BY NAME
SELECT
    tenant, 'payment' AS kind, id, unnest(['payments_reversed', 'collections']) AS metric,
    reversed_day AS day, reversed_day AS works_on, employee,
    unnest([NULL, reversed_currency]) AS currency, unnest([1, -reversed_amount]) AS value
FROM credited_payments WHERE reversed_day IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'contract' AS kind, id, unnest(['contracts', 'contract_value']) AS metric,
    created_day AS day, created_day AS works_on, owner AS employee,
    unnest([NULL, currency]) AS currency, unnest([1, coalesce(amount, 0)]) AS value
FROM contracts WHERE live AND created;

INSERT INTO claims BY NAME
SELECT
    tenant, 'contract' AS kind, id, 'contracts_renewed' AS metric,
    renewed_day AS day, renewed_day AS works_on, owner AS employee, 1 AS value
FROM contracts WHERE live AND renewed_day IS NOT NULL;

CREATE OR REPLACE TABLE ending_contracts AS
SELECT
    contracts.*,
    CAST(strftime(
        make_date(end_day // 10000, end_day // 100 % 100, end_day % 100) + INTERVAL 1 DAY, '%Y%m%d'
    ) AS INTEGER) AS day_after
FROM contracts
WHERE
    live AND NOT doubted AND end_day IS NOT NULL AND (created OR renewed_day IS NOT NULL);

INSERT INTO claims BY NAME
SELECT
    tenant, 'contract' AS kind, id, 'contracts_ending' AS metric,
    end_day AS day, end_day AS works_on, owner AS employee, 1 AS value
FROM ending_contracts
UNION ALL
SELECT
    tenant, 'contract' AS kind, id, 'contracts_ending_unrenewed' AS metric,
    end_day AS day, end_day AS works_on, owner AS employee, 1 AS value
FROM ending_contracts
ANTI JOIN renewals
    ON ending_contracts.tenant = renewals.tenant AND ending_contracts.id = renewals.id
    AND renewals.day <= ending_contracts.day_after;

CREATE OR REPLACE TABLE doubts AS
SELECT
    tenant, 'task' AS kind, id, 'end_before_start' AS code,
    assignees[1] AS employee
FROM tasks WHERE live AND doubted
UNION ALL
SELECT tenant, 'contract' AS kind, id, 'end_before_start' AS code, owner AS employee
FROM contracts WHERE live AND doubted
UNION ALL
SELECT tenant, 'order' AS kind, id, 'lines_do_not_add_up' AS code, owner AS employee
FROM live_orders WHERE doubted
UNION ALL
SELECT tenant, 'payment' AS kind, id, 'unknown_order' AS code, employee
FROM credited_payments WHERE doubted
UNION ALL
SELECT tenant, 'customer' AS kind, id, 'not_a_phone_number' AS code, owner AS employee
FROM living WHERE group_known AND list_contains(numbers, '')
UNION ALL
SELECT
    contacts.tenant, 'contact' AS kind, contacts.id, 'not_a_phone_number' AS code,
    buyers.owner AS employee
FROM contacts
JOIN buyers ON contacts.tenant = buyers.tenant AND contacts.customer = buyers.id
WHERE
    contacts.known AND NOT contacts.deleted AND buyers.alive
    AND list_contains(contacts.numbers, '')
UNION ALL
SELECT tenant, 'call' AS kind, id, 'not_a_phone_number' AS code, agent AS employee
FROM agents_calls WHERE misdialled;

INSERT INTO claims BY NAME
SELECT
    tenant, kind, id, 'issues' AS metric, 0 AS day, 99999999 AS works_on, employee,
    unnest([NULL, 'code']) AS name, unnest([NULL, code]) AS text, 1 AS value
FROM doubts;
