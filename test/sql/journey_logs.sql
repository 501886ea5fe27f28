-- Five real and simulated logs: their journeys give back the rows that went in, and are small; the bug planted in one
-- of them is found. The logs are no part of the project: CX_DATA names their directory, else it is looked for beside
-- the checkout, from there and from where scripts/check runs.
\set data `for d in "$CX_DATA" ../shared/data ../../../../shared/data; do [ -r "$d/ecom_clickstream_retentioneering.csv.gz" ] && echo "$d" && break; done; true`
SELECT :'data' = '' AS missing \gset
\if :missing
\echo 'skipped: no data'
\quit
\endif
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET default_toast_compression = 'pglz';

CREATE TEMP TABLE ecom (customer text, at timestamptz, event text, channel text, session text, platform text,
                        cohort text, lifecycle text);
CREATE TEMP TABLE fines (customer text, at timestamptz, event text, channel text, lifecycle text);
CREATE TEMP TABLE billing (LIKE fines);
CREATE TEMP TABLE sepsis (LIKE fines);
CREATE TEMP TABLE patients (LIKE fines);
\set unpack 'FROM PROGRAM ''gzip -dc "' :data
\set copy '\\copy ecom ' :unpack '/ecom_clickstream_retentioneering.csv.gz"'' CSV HEADER'
:copy
\set copy '\\copy fines ' :unpack '/eventdataR_traffic_fines.csv.gz"'' CSV HEADER'
:copy
\set copy '\\copy billing ' :unpack '/eventdataR_hospital_billing.csv.gz"'' CSV HEADER'
:copy
\set copy '\\copy sepsis ' :unpack '/eventdataR_sepsis.csv.gz"'' CSV HEADER'
:copy
\set copy '\\copy patients ' :unpack '/eventdataR_patients.csv.gz"'' CSV HEADER'
:copy

CREATE TEMP TABLE log AS
SELECT 'ecom' AS log, customer, at, event, channel FROM ecom
UNION ALL SELECT 'fines', customer, at, event, channel FROM fines
UNION ALL SELECT 'billing', customer, at, event, channel FROM billing
UNION ALL SELECT 'sepsis', customer, at, event, channel FROM sepsis
UNION ALL SELECT 'patients', customer, at, event, channel FROM patients;
SELECT log, count(*) AS touchpoints, count(DISTINCT customer) AS customers, count(DISTINCT event) AS events,
       count(DISTINCT channel) AS channels
FROM log GROUP BY log ORDER BY log;

CREATE TEMP TABLE journeys AS
SELECT log, customer, journey_agg(at, event, channel) AS j FROM log GROUP BY log, customer;
ANALYZE ecom;
ANALYZE log;
ANALYZE journeys;

--
-- The rows that went in
--

CREATE TEMP TABLE back AS
SELECT log, customer, t.at, t.event, t.channel FROM journeys CROSS JOIN LATERAL touchpoints(j) t;
-- Rows in the log that are not in the journeys, or not as often, and the other way round: none.
SELECT * FROM log EXCEPT ALL SELECT * FROM back;
SELECT * FROM back EXCEPT ALL SELECT * FROM log;

-- The other way in gives the same bytes: shuffled; by months that are merged; through text.
SELECT count(*) AS other_bytes
FROM journeys
JOIN (SELECT log, customer, journey_agg(at, event, channel) AS j
      FROM (SELECT * FROM log ORDER BY md5(log::text || at || event || customer)) shuffled
      GROUP BY log, customer) s USING (log, customer)
JOIN (SELECT log, customer, rollup(j) AS j
      FROM (SELECT log, customer, journey_agg(at, event, channel) AS j
            FROM log GROUP BY log, customer, date_trunc('month', at)) months
      GROUP BY log, customer) m USING (log, customer)
WHERE journeys.j <> s.j OR journeys.j <> m.j OR journeys.j <> journeys.j::text::journey;

--
-- Bytes a touchpoint, as stored: of the rows, of an array of times and events, of the journey. The rows have the
-- customer, time, event and channel; the array has no channel; the journey has.
--

CREATE TYPE pg_temp.moment AS (at timestamptz, event text);
CREATE TEMP TABLE arrays AS
SELECT log, customer, array_agg((at, event)::pg_temp.moment ORDER BY at, event) AS a FROM log GROUP BY log, customer;
CREATE TEMP TABLE size AS
SELECT log, touchpoints, row_bytes::float8 AS row_bytes, array_bytes::float8 AS array_bytes,
       journey_bytes::float8 AS journey_bytes
FROM (SELECT log, count(*) AS touchpoints, sum(pg_column_size(r)) AS row_bytes
      FROM (SELECT log, ROW(customer, at, event, channel) AS r FROM log) rows GROUP BY log) r
JOIN (SELECT log, sum(pg_column_size(a)) AS array_bytes FROM arrays GROUP BY log) a USING (log)
JOIN (SELECT log, sum(pg_column_size(j)) AS journey_bytes FROM journeys GROUP BY log) j USING (log);
SELECT log, touchpoints, round((row_bytes / touchpoints)::numeric, 1) AS row,
       round((array_bytes / touchpoints)::numeric, 1) AS array,
       round((journey_bytes / touchpoints)::numeric, 1) AS journey,
       round((row_bytes / journey_bytes)::numeric, 1) AS times_smaller
FROM size ORDER BY log;
SELECT journey_bytes / touchpoints < 6 AS below_6_bytes FROM size WHERE log = 'ecom';
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY length(j)) AS median_length FROM journeys WHERE log = 'ecom';
SELECT log, row_bytes / journey_bytes >= 2.5 AS at_least_2_5_times_smaller FROM size ORDER BY log;

--
-- The checkout bug of the log ecom: on mobile, from 9 April to 9 May 2024
--

CREATE TEMP TABLE visits AS
SELECT v AS j, split_part((channels(v))[1], '/', 1) AS platform,
       started_at(v) >= '2024-04-09Z' AND started_at(v) < '2024-05-10Z' AS bug
FROM (SELECT customer, journey_agg(at, event, platform || '/' || channel) AS j FROM ecom GROUP BY customer) c
CROSS JOIN LATERAL journey_sessions(j, '30 minutes') v
WHERE started_at(v) < '2024-05-10Z';
-- They are the sessions of the log.
CREATE TEMP TABLE sessions AS
SELECT journey_agg(at, event, platform || '/' || channel) AS j FROM ecom GROUP BY session HAVING min(at) < '2024-05-10Z';
SELECT count(*) AS neither FROM (SELECT j FROM visits EXCEPT ALL SELECT j FROM sessions) x;
SELECT count(*) AS nor FROM (SELECT j FROM sessions EXCEPT ALL SELECT j FROM visits) x;

-- The log marks the bug by an event of its own, which is not used below.
SELECT count(*), min(platform) AS first, max(platform) AS last, min(at)::date AS since, max(at)::date AS until
FROM ecom WHERE event = 'checkout_bug';

-- Whoever has given the shipping details goes back to the cart and has not seen the payment.
SELECT platform, bug, e.responses AS visits, round(e.value::numeric, 3) AS back_to_cart,
       round(e.lo::numeric, 3) AS lo, round(e.hi::numeric, 3) AS hi
FROM (SELECT platform, bug, score_agg(j @~
             'shipping_details ~>{without payment_details} add_to_cart ~>{without payment_details} cart') AS s
      FROM visits WHERE j @> '{shipping_details}' GROUP BY platform, bug) x
CROSS JOIN LATERAL rate_ci(s) e
ORDER BY platform, bug;
-- What it costs: from shipping to payment details.
SELECT platform, bug, f.reached AS visits, round(p.rate::numeric, 3) AS to_payment, round(p.lo::numeric, 3) AS lo,
       round(p.hi::numeric, 3) AS hi, round(p.median_seconds) AS median_seconds
FROM (SELECT platform, bug, funnel_agg(j, '{shipping_details, payment_details}', '1 hour') AS s
      FROM visits GROUP BY platform, bug) x
CROSS JOIN LATERAL funnel_steps(s) f
CROSS JOIN LATERAL funnel_steps(s) p
WHERE f.step = 1 AND p.step = 2
ORDER BY platform, bug;

-- Both on the rows, by joins.
CREATE TEMP TABLE numbered AS
SELECT session, platform, at, event, row_number() OVER w AS n, min(at) OVER (PARTITION BY session) AS began,
       count(*) FILTER (WHERE event = 'payment_details') OVER w AS payments
FROM ecom WINDOW w AS (PARTITION BY session ORDER BY at, event COLLATE "C");
CREATE INDEX ON numbered (session);
ANALYZE numbered;
SELECT platform, began >= '2024-04-09Z' AS bug, count(DISTINCT session) AS visits,
       count(DISTINCT session) FILTER (WHERE EXISTS (
           SELECT FROM numbered a JOIN numbered c ON c.session = a.session AND c.n > a.n AND c.payments = a.payments
           WHERE a.session = s.session AND a.n > s.n AND a.payments = s.payments AND a.event = 'add_to_cart'
             AND c.event = 'cart')) AS back_to_cart,
       count(DISTINCT session) FILTER (WHERE EXISTS (
           SELECT FROM numbered p WHERE p.session = s.session AND p.event = 'payment_details'
             AND p.at BETWEEN s.at AND s.at + interval '1 hour')) AS to_payment
FROM numbered s WHERE event = 'shipping_details' AND began < '2024-05-10Z'
GROUP BY 1, 2 ORDER BY 1, 2;
SELECT platform, bug, count(*) FILTER (WHERE j @> '{shipping_details}') AS visits,
       count(*) FILTER (WHERE j @~
           'shipping_details ~>{without payment_details} add_to_cart ~>{without payment_details} cart') AS back_to_cart,
       count(*) FILTER (WHERE funnel_level(j, '{shipping_details, payment_details}', '1 hour') = 2) AS to_payment
FROM visits GROUP BY platform, bug ORDER BY platform, bug;
