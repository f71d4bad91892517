-- What the log holds, what Redis holds, and what differs. Filled by log.py, store.py, recount.py.
CREATE TABLE records (log_offset BIGINT, at_ms BIGINT, key VARCHAR, value VARCHAR);
CREATE VIEW considered AS SELECT * FROM records;
CREATE TABLE zone_offsets (time_zone VARCHAR, from_ms BIGINT, offset_ms BIGINT);
-- What a phone as written says in a region: its E.164 form, '' if it is no number.
CREATE TABLE numbers_read (region VARCHAR, text VARCHAR, blank BOOLEAN, number VARCHAR);

CREATE TABLE found_cells (key VARCHAR, grain VARCHAR, field VARCHAR, value BIGINT);
CREATE TABLE found_postings (key VARCHAR, tenant VARCHAR, number BIGINT);
CREATE TABLE found_days (key VARCHAR, member VARCHAR);
CREATE TABLE found_pairs (key VARCHAR, member VARCHAR);
CREATE TABLE found_scored (key VARCHAR, tenant VARCHAR, number BIGINT, score BIGINT);
CREATE TABLE found_visits (
    key VARCHAR, tenant VARCHAR, day INTEGER, number BIGINT, value VARCHAR, times BIGINT
);
CREATE TABLE found_late (
    key VARCHAR, tenant VARCHAR, cause VARCHAR, department VARCHAR, employee VARCHAR,
    day INTEGER, field VARCHAR, value BIGINT
);
CREATE TABLE found_related (key VARCHAR, tenant VARCHAR, about BIGINT, number BIGINT);
CREATE TABLE found_apart (key VARCHAR, tenant VARCHAR, about BIGINT);
CREATE TABLE found_org (key VARCHAR, tenant VARCHAR, number BIGINT);
CREATE TABLE found_terms (key VARCHAR, tenant VARCHAR, number BIGINT);
CREATE TABLE found_numbers (key VARCHAR, tenant VARCHAR, name VARCHAR, number BIGINT);
CREATE TABLE found_facts (
    key VARCHAR, tenant VARCHAR, field BIGINT, number BIGINT, kind VARCHAR, id VARCHAR
);
CREATE TABLE found_registers (
    key VARCHAR, tenant VARCHAR, field BIGINT, register VARCHAR, value VARCHAR
);
CREATE TABLE found_marks (
    key VARCHAR, tenant VARCHAR, field BIGINT, register VARCHAR, number BIGINT, value VARCHAR
);
CREATE TABLE found_cohorts (
    key VARCHAR, tenant VARCHAR, cohort VARCHAR, day INTEGER, number BIGINT
);
CREATE TABLE found_words (key VARCHAR, word VARCHAR, value VARCHAR);
CREATE TABLE found_values (key VARCHAR, tenant VARCHAR, hash VARCHAR, field VARCHAR, value VARCHAR);
CREATE TABLE found_tenants (key VARCHAR, member VARCHAR);
CREATE TABLE found_targets (
    key VARCHAR, tenant VARCHAR, period VARCHAR, slot VARCHAR, value VARCHAR
);
CREATE TABLE found_aimed (key VARCHAR, tenant VARCHAR, member VARCHAR);
CREATE TABLE found_crossed (
    key VARCHAR, tenant VARCHAR, period VARCHAR, mark VARCHAR, metric VARCHAR, scope VARCHAR,
    id VARCHAR, threshold BIGINT, cause VARCHAR
);
CREATE TABLE unreadable (key VARCHAR, item VARCHAR, reason VARCHAR);

-- Names that schemas.tables writes for what the recount expects.
CREATE TABLE tags (kind VARCHAR, tag VARCHAR);
CREATE TABLE dimension_texts (
    currency VARCHAR, name VARCHAR, text VARCHAR, dimension VARCHAR
);
CREATE TABLE cell_keys (
    tenant VARCHAR, scope VARCHAR, scope_id VARCHAR, day INTEGER, grain VARCHAR, key VARCHAR
);
CREATE TABLE posting_keys (
    tenant VARCHAR, list VARCHAR, department VARCHAR, employee VARCHAR, day INTEGER,
    key VARCHAR, days_key VARCHAR, pairs_key VARCHAR, pair VARCHAR
);
CREATE TABLE fact_keys (tenant VARCHAR, kind VARCHAR, id VARCHAR, name VARCHAR, key VARCHAR);
CREATE TABLE scored_keys (
    tenant VARCHAR, list VARCHAR, department VARCHAR, employee VARCHAR,
    key VARCHAR, pairs_key VARCHAR, pair VARCHAR
);
CREATE TABLE visit_keys (
    tenant VARCHAR, metric VARCHAR, department VARCHAR, employee VARCHAR, month INTEGER,
    key VARCHAR, pairs_key VARCHAR, pair VARCHAR
);
CREATE TABLE cohort_keys (tenant VARCHAR, cohort VARCHAR, day INTEGER, key VARCHAR);
CREATE TABLE tenant_keys (
    tenant VARCHAR, prefix VARCHAR, org VARCHAR, terms VARCHAR, words VARCHAR, meta VARCHAR,
    keys VARCHAR, config VARCHAR, quality VARCHAR, tenants VARCHAR
);

-- Which events set or remove configuration documents (schemas.configuration).
CREATE TABLE document_types (type VARCHAR, kind VARCHAR, removes BOOLEAN);

-- Locked periods, and what stood in them before the lock, counted from the log up to there.
CREATE TABLE locks (tenant VARCHAR, log_offset BIGINT, first_day INTEGER, last_day INTEGER);
CREATE TABLE at_locks (
    tenant VARCHAR, lock_offset BIGINT, metric VARCHAR, currency VARCHAR, name VARCHAR,
    text VARCHAR, mark VARCHAR, day INTEGER, department VARCHAR, employee VARCHAR,
    value BIGINT
);

-- What each target is set for, and the cells it is about, as schemas.targets names them.
CREATE TABLE target_names (
    metric VARCHAR, scope VARCHAR, scope_id VARCHAR, per_person BOOLEAN, period VARCHAR,
    id VARCHAR, slot VARCHAR, whose VARCHAR, first_day INTEGER, last_day INTEGER
);
CREATE TABLE target_fields (
    metric VARCHAR, currency VARCHAR, field VARCHAR, dimension VARCHAR, unit BIGINT
);
