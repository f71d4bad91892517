-- The questions, by number. Filled by ask.py, in the order of the fields in questions.py.
CREATE OR REPLACE TABLE telesales_asked (
    question INTEGER, scoped BOOLEAN, tenant VARCHAR, employee VARCHAR, department VARCHAR,
    sub BOOLEAN, subject VARCHAR, created_from INTEGER, created_to INTEGER, called_from INTEGER,
    called_to INTEGER, any_agent BOOLEAN, source VARCHAR, group_id VARCHAR, campaign VARCHAR
);
CREATE OR REPLACE TABLE lifecycle_asked (
    question INTEGER, scoped BOOLEAN, tenant VARCHAR, employee VARCHAR, department VARCHAR,
    sub BOOLEAN, today INTEGER, days INTEGER, target VARCHAR, stage VARCHAR, source VARCHAR,
    relationship VARCHAR
);
CREATE OR REPLACE TABLE performance_asked (
    question INTEGER, scoped BOOLEAN, tenant VARCHAR, employee VARCHAR, department VARCHAR,
    sub BOOLEAN, created_from INTEGER, created_to INTEGER, ordered_from INTEGER,
    ordered_to INTEGER, relationship VARCHAR, status VARCHAR, min_purchases INTEGER,
    max_purchases INTEGER
);
CREATE OR REPLACE TABLE journey_asked (
    question INTEGER, scoped BOOLEAN, tenant VARCHAR, employee VARCHAR, department VARCHAR,
    sub BOOLEAN, first_day INTEGER, last_day INTEGER, owned BOOLEAN
);
CREATE OR REPLACE VIEW asked_scopes AS
SELECT question, tenant, employee, department, sub FROM telesales_asked
UNION ALL
SELECT question, tenant, employee, department, sub FROM lifecycle_asked
UNION ALL
SELECT question, tenant, employee, department, sub FROM performance_asked
UNION ALL
SELECT question, tenant, employee, department, sub FROM journey_asked;
