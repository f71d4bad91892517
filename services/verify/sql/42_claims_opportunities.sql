-- docs/rules.md section 3: what opportunities contribute.
CREATE OR REPLACE TABLE deals AS
SELECT
    opportunities.*, coalesce(buyers.source, '') AS source,
    coalesce(buyers.industry, '') AS industry
FROM opportunities
LEFT JOIN buyers
    ON opportunities.tenant = buyers.tenant AND opportunities.customer = buyers.id
WHERE opportunities.live;

INSERT INTO claims BY NAME
SELECT
    tenant, 'opportunity' AS kind, id, 'opportunities_created' AS metric,
    created_day AS day, created_day AS works_on, owner AS employee, 1 AS value
FROM deals WHERE created_day IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'opportunity' AS kind, id, 'opportunities_closed' AS metric,
    closed_day AS day, closed_day AS works_on, owner AS employee, 1 AS value
FROM deals WHERE outcome IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'opportunity' AS kind, id, 'opportunities_' || outcome AS metric,
    closed_day AS day, closed_day AS works_on, owner AS employee,
    unnest([NULL, 'product']) AS name, unnest([NULL, product]) AS text, 1 AS value
FROM deals WHERE outcome IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'opportunity' AS kind, id, 'opportunity_value_won' AS metric,
    closed_day AS day, closed_day AS works_on, owner AS employee, currency,
    unnest([NULL, 'product']) AS name, unnest([NULL, product]) AS text, amount AS value
FROM deals WHERE outcome = 'won';

INSERT INTO claims BY NAME
SELECT
    tenant, 'opportunity' AS kind, id, 'opportunities_won' AS metric,
    closed_day AS day, closed_day AS works_on, owner AS employee,
    unnest(['source', 'industry']) AS name, unnest([source, industry]) AS text, 1 AS value
FROM deals WHERE outcome = 'won' AND customer IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'opportunity' AS kind, id, 'opportunity_value_won' AS metric,
    closed_day AS day, closed_day AS works_on, owner AS employee, currency,
    unnest(['source', 'industry']) AS name, unnest([source, industry]) AS text,
    amount AS value
FROM deals WHERE outcome = 'won' AND customer IS NOT NULL;

INSERT INTO claims BY NAME
SELECT
    tenant, 'opportunity' AS kind, id, unnest(['pipeline_open', 'pipeline_value']) AS metric,
    0 AS day, 99999999 AS works_on, owner AS employee,
    unnest([NULL, currency]) AS currency, unnest([1, amount]) AS value
FROM deals WHERE created AND outcome IS NULL;
