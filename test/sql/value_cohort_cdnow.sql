-- CDNOW by cohorts: the customers of a month of first purchase, month by month. The data are no part of the project:
-- CX_DATA names their directory, else it is looked for beside the checkout, from there and from where scripts/check runs.
\set data `for d in "$CX_DATA" ../shared/data ../../../../shared/data; do [ -r "$d/CDNOW_sample.txt" ] && echo "$d" && break; done; true`
SELECT :'data' = '' AS missing \gset
\if :missing
\echo 'skipped: no data'
\quit
\endif
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';

-- Columns of fixed width: the number in the whole data, the number here, the day, CDs, dollars.
CREATE TEMP TABLE line (text text);
\set copy '\\copy line FROM ' :data '/CDNOW_sample.txt'
:copy
CREATE TEMP TABLE purchase AS
SELECT customer, at, amount, cohort_period(at, '1 month') OVER w AS period, first_value(at) OVER w AS first
FROM (SELECT f[2]::int AS customer, to_timestamp(f[3], 'YYYYMMDD') AS at, f[5]::float8 AS amount FROM line CROSS JOIN LATERAL regexp_split_to_array(trim(text), '\s+') f) x
WINDOW w AS (PARTITION BY customer ORDER BY at);

-- Cases retention-008 and -010: of 857 customers first seen in February 1997, 222 came back in months 1 to 3, 196 in 7 to 12.
SELECT count(DISTINCT customer) AS customers, count(DISTINCT customer) FILTER (WHERE period BETWEEN 1 AND 3) AS "1 to 3", count(DISTINCT customer) FILTER (WHERE period BETWEEN 7 AND 12) AS "7 to 12"
FROM purchase WHERE first >= '1997-02-01' AND first < '1997-03-01';

-- The cohorts, month by month until June 1998; a month without a purchase is a hole. Sums over the purchases say the same.
CREATE TEMP TABLE cohort AS
SELECT date_trunc('month', first)::date AS cohort, period, count(DISTINCT customer) AS active, sum(amount) AS margin, max(c.customers) AS customers
FROM purchase JOIN (SELECT date_trunc('month', first) AS month, count(DISTINCT customer) AS customers FROM purchase GROUP BY 1) c ON c.month = date_trunc('month', first) GROUP BY 1, 2;
SELECT count(*) AS cells, count(*) FILTER (WHERE abs(cltv - want) > 1e-12 * want) AS differ, count(*) FILTER (WHERE retention <> active / customers::float8) AS retention_differs,
       round(max(cltv) FILTER (WHERE period = 16)::numeric, 6) AS "January 1997, 16 months on", round(min(payback)::numeric, 6) AS "30 dollars are back after"
FROM (SELECT *, cohort_cltv(period, margin, customers) OVER w AS cltv, cohort_retention(period, active) OVER w AS retention, payback_period(period, margin, customers, 30) OVER w AS payback FROM cohort WINDOW w AS (PARTITION BY cohort ORDER BY period)) x
CROSS JOIN LATERAL (SELECT sum(amount) / x.customers AS want FROM purchase p WHERE date_trunc('month', first)::date = x.cohort AND p.period <= x.period) y;
