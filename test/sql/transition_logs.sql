-- Two real logs: their transitions are those of a plain SQL count with lead() over the same total order. The logs are no
-- part of the project: CX_DATA names their directory, else it is looked for beside the checkout, from there and from
-- where scripts/check runs.
\set data `for d in "$CX_DATA" ../shared/data ../../../../shared/data; do [ -r "$d/eventdataR_sepsis.csv.gz" ] && echo "$d" && break; done; true`
SELECT :'data' = '' AS missing \gset
\if :missing
\echo 'skipped: no data'
\quit
\endif
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET jit = off;

CREATE TEMP TABLE billing (customer text, at timestamptz, event text, channel text, lifecycle text);
CREATE TEMP TABLE sepsis (LIKE billing);
\set unpack 'FROM PROGRAM ''gzip -dc "' :data
\set copy '\\copy billing ' :unpack '/eventdataR_hospital_billing.csv.gz"'' CSV HEADER'
:copy
\set copy '\\copy sepsis ' :unpack '/eventdataR_sepsis.csv.gz"'' CSV HEADER'
:copy

-- In the one order: time, event, channel; names bytewise, no channel first.
CREATE TEMP TABLE touch AS
SELECT log, customer, at, event, channel,
       row_number() OVER (PARTITION BY log, customer
                          ORDER BY at, event COLLATE "C", channel COLLATE "C" NULLS FIRST) AS ord
FROM (SELECT 'billing' AS log, * FROM billing UNION ALL SELECT 'sepsis', * FROM sepsis) l;
CREATE TEMP TABLE journeys AS
SELECT log, customer, journey_agg(at, event, channel) AS j FROM touch GROUP BY log, customer;
ANALYZE touch;
ANALYZE journeys;
SELECT log, count(*) AS journeys, sum(length(j)) AS touchpoints, count(*) FILTER (WHERE length(j) = 1) AS of_one
FROM journeys GROUP BY log ORDER BY log;

-- By event; by channel, where touchpoints without one are passed over; up to the first FIN or CRP; up to every one of
-- them, each time from the start anew.
CREATE TEMP TABLE definitions (name text, by text, until text, restart boolean);
INSERT INTO definitions VALUES ('event', 'event', NULL, false), ('channel', 'channel', NULL, false),
                               ('event until', 'event', '[FIN|CRP]', false), ('channel restart', 'channel', '[FIN|CRP]', true);

CREATE TEMP TABLE matrices AS
SELECT name, log, transition_agg(j, by, until, restart) AS tm FROM journeys, definitions GROUP BY name, log;
CREATE TEMP TABLE ours AS
SELECT name, log, t.* FROM matrices CROSS JOIN LATERAL transitions(tm) WITH ORDINALITY
       t(source, target, transitions, journeys, share, lo, hi, median_seconds, nth);

--
-- The plain count
--

CREATE TEMP TABLE nodes AS
SELECT name, log, customer, ord, at, path, node
FROM (SELECT name, restart, log, customer, ord, at, CASE WHEN ends OR by = 'event' THEN event ELSE channel END AS node,
             coalesce(sum(ends::int) OVER (PARTITION BY name, log, customer ORDER BY ord
                                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS path
      FROM (SELECT *, until IS NOT NULL AND event IN ('FIN', 'CRP') AS ends FROM touch, definitions) e) p
WHERE node IS NOT NULL AND (path = 0 OR restart);
CREATE TEMP TABLE steps AS
SELECT name, log, customer, node AS source, coalesce(lead(node) OVER w, '(end)') AS target,
       extract(epoch FROM lead(at) OVER w - at)::float8 AS seconds
FROM nodes WINDOW w AS (PARTITION BY name, log, customer, path ORDER BY ord)
UNION ALL
SELECT name, log, customer, '(start)', node, NULL
FROM (SELECT *, row_number() OVER (PARTITION BY name, log, customer, path ORDER BY ord) AS place FROM nodes) n
WHERE place = 1;
CREATE TEMP TABLE theirs AS
SELECT name, log, source, target, count(*) AS transitions, count(DISTINCT customer) AS journeys,
       count(*) / sum(count(*)) OVER (PARTITION BY name, log, source) AS share,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) AS median_seconds
FROM steps GROUP BY name, log, source, target;

-- The same pairs, counts and shares. A median is the middle of a bin of 2.2 %: within half of that of the plain one, and 0 where that is 0.
SELECT name, log, count(*) AS pairs, sum(o.transitions) AS transitions,
       count(*) FILTER (WHERE o.transitions = t.transitions) AS same_transitions,
       count(*) FILTER (WHERE o.journeys = t.journeys) AS same_journeys,
       count(*) FILTER (WHERE abs(o.share - t.share) <= 1e-12) AS same_shares,
       count(t.median_seconds) AS medians,
       count(*) FILTER (WHERE abs(o.median_seconds - t.median_seconds) <= 0.011 * t.median_seconds) AS same_medians,
       count(*) FILTER (WHERE t.median_seconds = 0) AS of_no_time
FROM ours o FULL JOIN theirs t USING (name, log, source, target)
GROUP BY name, log ORDER BY name, log;
-- What differs: nothing.
SELECT name, log, source, target, o.transitions, t.transitions, o.journeys, t.journeys, o.median_seconds, t.median_seconds
FROM ours o FULL JOIN theirs t USING (name, log, source, target)
WHERE (o.transitions, o.journeys) IS DISTINCT FROM (t.transitions, t.journeys) OR abs(o.share - t.share) > 1e-12
   OR (o.median_seconds IS NULL) <> (t.median_seconds IS NULL)
   OR abs(o.median_seconds - t.median_seconds) > 0.011 * t.median_seconds
ORDER BY name, log, source COLLATE "C", target COLLATE "C";
-- The rows come by source, then target: the start first, the end last, names bytewise.
SELECT count(*) AS out_of_order
FROM (SELECT nth, row_number() OVER (PARTITION BY name, log ORDER BY source <> '(start)', source COLLATE "C",
                                                                     target = '(end)', target COLLATE "C") AS should FROM ours) o
WHERE nth <> should;
-- A path each: those of one path a journey start and end as often as there are journeys with a node.
SELECT name, log, sum(transitions) FILTER (WHERE source = '(start)') AS starts,
       sum(transitions) FILTER (WHERE target = '(end)') AS ends, p.paths, p.journeys
FROM ours JOIN (SELECT name, log, count(DISTINCT (customer, path)) AS paths, count(DISTINCT customer) AS journeys
                FROM nodes GROUP BY name, log) p USING (name, log)
GROUP BY name, log, p.paths, p.journeys ORDER BY name, log;

-- The ways that are taken most.
SELECT log, source, target, transitions, journeys, round(share::numeric, 3) AS share, round(median_seconds) AS median_seconds
FROM (SELECT *, row_number() OVER (PARTITION BY log ORDER BY transitions DESC, source COLLATE "C", target COLLATE "C") AS place
      FROM ours WHERE name = 'event') r
WHERE place <= 5 ORDER BY log, place;

--
-- In parts, shuffled, through text: the same matrix
--

SELECT name, log, m.tm = r.tm AS parts, m.tm = s.tm AS shuffled, m.tm = m.tm::text::transition_matrix AS text
FROM matrices m
JOIN (SELECT name, log, rollup(tm) AS tm
      FROM (SELECT name, log, transition_agg(j, by, until, restart) AS tm
            FROM journeys, definitions GROUP BY name, log, hashtext(customer) % 7) parts
      GROUP BY name, log) r USING (name, log)
JOIN (SELECT name, log, transition_agg(j, by, until, restart) AS tm
      FROM (SELECT * FROM journeys, definitions ORDER BY md5(log || customer)) shuffled
      GROUP BY name, log) s USING (name, log)
ORDER BY name, log;
