-- CDNOW: the purchases of 2,357 customers from January 1997 to June 1998, and what others made of them. The data are no
-- part of the project: CX_DATA names their directory, else it is looked for beside the checkout, from there and from
-- where scripts/check runs.
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
SELECT f[2]::int AS customer, to_timestamp(f[3], 'YYYYMMDD') AS at, f[4]::int AS cds, f[5]::float8 AS amount
FROM line CROSS JOIN LATERAL regexp_split_to_array(trim(text), '\s+') f;
SELECT count(*) AS purchases, count(DISTINCT customer) AS customers, min(at)::date AS first, max(at)::date AS last FROM purchase;

CREATE TEMP TABLE calibration AS
SELECT customer, rfm(at, amount, '1997-09-30', '1 day', '1 week') AS r FROM purchase GROUP BY customer;
CREATE TEMP VIEW customers AS
SELECT customer, (r).frequency AS x, (r).recency AS t_x, (r).age AS t, (r).monetary AS m, (r).unit_seconds FROM calibration;

-- The Python package lifetimes has these customers in two files, rounded to two decimals.
CREATE TEMP TABLE lifetimes (customer int, x bigint, t_x numeric, t numeric);
\set copy '\\copy lifetimes FROM ' :data '/cdnow_customers_summary.csv CSV HEADER'
:copy
CREATE TEMP TABLE lifetimes_spend (customer int, x bigint, t_x numeric, t numeric, m numeric);
\set copy '\\copy lifetimes_spend FROM ' :data '/cdnow_customers_summary_with_transactions.csv CSV HEADER'
:copy
SELECT count(*) AS customers, count(*) FILTER (WHERE c.x = l.x) AS x, count(*) FILTER (WHERE abs(c.t_x - l.t_x::float8) <= 0.005000001) AS t_x,
       count(*) FILTER (WHERE abs(c.t - l.t::float8) <= 0.005000001) AS t
FROM customers c FULL JOIN lifetimes l USING (customer);
-- There 0 stands where nothing was bought again.
SELECT count(*) AS customers, count(*) FILTER (WHERE c.x = l.x) AS x, count(*) FILTER (WHERE abs(c.t_x - l.t_x::float8) <= 0.005000001) AS t_x,
       count(*) FILTER (WHERE abs(c.t - l.t::float8) <= 0.005000001) AS t,
       count(*) FILTER (WHERE CASE WHEN l.x = 0 THEN l.m = 0 AND c.m IS NULL ELSE abs(c.m - l.m::float8) <= 0.005000001 END) AS m
FROM customers c FULL JOIN lifetimes_spend l USING (customer);

-- Single customers in full precision.
SELECT customer, c.x = e.x AS x, abs(c.t_x - e.t_x) <= 1e-9 AS t_x, abs(c.t - e.t) <= 1e-9 AS t, abs(coalesce(c.m, 0) - e.m) <= 1e-9 AS m, unit_seconds
FROM customers c JOIN (VALUES (1, 2, 30.428571428571427, 38.857142857142854, 22.345), (2, 1, 1.7142857142857142, 38.857142857142854, 11.77),
    (3, 0, 0, 38.857142857142854, 0), (1516, 26, 30.857142857142858, 31, 39.96999999999999)) e(customer, x, t_x, t, m) USING (customer)
ORDER BY customer;

-- The table of Fader, Hardie and Lee (2005).
SELECT count(*) AS customers, count(*) FILTER (WHERE x > 0) AS repeaters, sum(x) AS sum_x, max(x) AS max_x,
       abs(avg(m) - 35.0778475336899) <= 1e-9 AS mean, abs(stddev_samp(m) - 30.283506220809606) <= 1e-9 AS sd, abs(min(m) - 2.99) <= 1e-9 AS min,
       abs(percentile_cont(0.5) WITHIN GROUP (ORDER BY m) - 27.497500000000002) <= 1e-9 AS median, abs(max(m) - 299.63380952380953) <= 1e-9 AS max
FROM customers;
-- What they bought in the nine months that followed.
SELECT sum((r).frequency) - (SELECT sum(x) FROM customers) AS holdout_x
FROM (SELECT rfm(at, amount, '1998-06-30') AS r FROM purchase GROUP BY customer) x;

-- Historic value: what customer 2 paid, at no interest; at 10 percent a year.
SELECT abs(npv(amount, at, '1998-06-30', 0) - 75.11) <= 1e-9 AS clv, count(*) AS orders,
       abs(npv(amount, at, '1998-06-30', 0.1) - sum(amount * power(1.1, (date '1998-06-30' - at::date) / 365.25))) <= 1e-12 AS with_interest
FROM purchase WHERE customer = 2;

-- The same from stored journeys.
SELECT count(*) AS customers, count(*) FILTER (WHERE rfm(j, 'purchase', '1997-09-30', '1 day', '1 week')::text IS DISTINCT FROM r::text) AS differ
FROM calibration JOIN (SELECT customer, journey_agg(at, 'purchase', NULL, amount) AS j FROM purchase GROUP BY customer) x USING (customer);

-- The histories: those that are alike counted together.
SELECT jsonb_array_length(s -> 'customers') = (SELECT count(*) FROM (SELECT DISTINCT x, t_x, t FROM customers) d) AS alike, s -> 'unit_seconds' AS unit_seconds,
       (SELECT sum((c ->> 3)::int) FROM jsonb_array_elements(s -> 'customers') c) AS customers
FROM (SELECT purchase_agg(r)::jsonb AS s FROM calibration) x;
SELECT (SELECT sum((c ->> 2)::int) FROM jsonb_array_elements(s -> 'customers') c) AS customers,
       (SELECT round(sum((c ->> 1)::numeric * (c ->> 2)::int), 6) FROM jsonb_array_elements(s -> 'customers') c) = (SELECT round(sum(m)::numeric, 6) FROM customers) AS spend
FROM (SELECT spend_agg(r)::jsonb AS s FROM calibration) x;
