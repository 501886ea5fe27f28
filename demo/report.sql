-- The report on the sample company: its survey (demo/report_survey.sql), and then
-- what only a simulation can show, the truth beside it.
--
--     psql -f demo/report.sql          (after demo/company.sql and demo/glossary.sql)

\encoding UTF8
\set ON_ERROR_STOP on
\set answers demo.answers

SELECT to_char((SELECT count(*) FROM demo.customers), 'FM999,999') AS customers,
    to_char((SELECT count(*) FROM demo.orders), 'FM999,999') AS orders,
    to_char((SELECT count(*) FROM demo.tickets), 'FM999,999') AS tickets,
    to_char((SELECT count(*) FROM demo.invitations), 'FM999,999') AS asked,
    to_char((SELECT count(*) FROM demo.survey), 'FM999,999') AS returned,
    to_char((SELECT count(*) FROM demo.daily), 'FM999,999') AS daily_rows,
    (SELECT count(*) FROM demo.glossary) AS metrics
\gset

\qecho
\qecho 'CUSTOMER EXPERIENCE OF A COMPANY THAT DOES NOT EXIST'
\qecho
\qecho 'All of this is SIMULATED by demo/company.sql:' :customers 'customers,' :orders 'orders,' :tickets 'tickets'
\qecho 'in two years. They were asked after each of' :asked 'experiences, and' :returned 'answered. What the'
\qecho 'simulation was told is in demo.given and demo.truth; what all would have answered, in demo.census.'

\ir report_survey.sql

\qecho :mark A story planted in the data: deliveries of web orders, NPS by month
\qecho

SELECT to_char(since, 'YYYY-MM-DD') AS since, to_char(until, 'YYYY-MM-DD') AS until, story
FROM demo.truth
WHERE story IS NOT NULL
UNION ALL
SELECT to_char(pilot_since, 'YYYY-MM-DD'), to_char(pilot_until, 'YYYY-MM-DD'), 'pilot: half of the customers, drawn by lot, get the fix'
FROM demo.given
ORDER BY since;

WITH truth AS (
    SELECT date_trunc('month', at, 'UTC') AS month, nps(nps) AS truth
    FROM demo.census
    WHERE channel = 'web' AND phase = 'delivery'
    GROUP BY date_trunc('month', at, 'UTC')
), measured AS (
    SELECT date_trunc('month', day, 'UTC') AS month, rollup(nps) AS nps
    FROM demo.daily
    WHERE channel = 'web' AND phase = 'delivery' AND day >= '2025-01-01 00:00+00'
    GROUP BY date_trunc('month', day, 'UTC')
)
SELECT to_char(month, 'YYYY-MM') AS month,
    pg_temp.shown(e.value) AS "NPS", pg_temp.shown(e.lo) AS "from", pg_temp.shown(e.hi) AS "to",
    e.responses AS base, e.base_quality AS "is",
    pg_temp.shown(truth) AS truth, CASE WHEN truth BETWEEN e.lo AND e.hi THEN 'yes' ELSE 'no' END AS "inside",
    pg_temp.whisker(e, -40, 60, 34, truth) AS "-40 .. 60"
FROM measured
CROSS JOIN LATERAL nps_ci(nps) AS e
JOIN truth USING (month)
ORDER BY month;

\qecho 'In the picture' :dot 'is measured and' :cross 'the truth, where they differ. What moved (without the pilot):'
\qecho

WITH period AS (
    SELECT t.since, CASE
            WHEN t.story IS NULL THEN 'before'
            WHEN t.until < g.as_of THEN 'new carrier'
            ELSE 'fixed'
        END AS period,
        cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[s.function, s.ease, s.emotion], 1, 5) AS cx
    FROM demo.truth AS t
    CROSS JOIN demo.given AS g
    JOIN demo.orders AS o ON o.channel = t.channel AND o.at >= t.since AND o.at < t.until
    JOIN demo.survey AS s ON s.order_id = o.order_id AND s.phase = t.phase
    LEFT JOIN demo.pilot AS p ON p.customer_id = s.customer_id AND p.variant = 'fix'
        AND o.at >= g.pilot_since AND o.at < g.pilot_until
    WHERE t.channel = 'web' AND t.phase = 'delivery' AND p.customer_id IS NULL
    GROUP BY t.since, t.until, t.story, g.as_of
)
SELECT period,
    pg_temp.with_interval(cx_index_ci(cx)) AS "CX index",
    max(pg_temp.shown(d.value) || ' (' || pg_temp.shown(d.lo) || ' .. ' || pg_temp.shown(d.hi) || ')') FILTER (WHERE d.dimension = 'function') AS function,
    max(pg_temp.shown(d.value) || ' (' || pg_temp.shown(d.lo) || ' .. ' || pg_temp.shown(d.hi) || ')') FILTER (WHERE d.dimension = 'ease') AS ease,
    max(pg_temp.shown(d.value) || ' (' || pg_temp.shown(d.lo) || ' .. ' || pg_temp.shown(d.hi) || ')') FILTER (WHERE d.dimension = 'emotion') AS emotion
FROM period
CROSS JOIN LATERAL cx_dimensions(cx) AS d
GROUP BY since, period, cx
ORDER BY since;

\qecho :mark 'Who answers is not who was asked: response rates, told and measured'
\qecho

SELECT i.channel, pg_temp.shown(t.response_rate, 3) AS told,
    pg_temp.shown(e.value, 3) AS measured, pg_temp.shown(e.lo, 3) AS "from", pg_temp.shown(e.hi, 3) AS "to",
    e.responses AS asked, pg_temp.bar(100 * e.value, 20) AS "0 .. 1", pg_temp.shown(s.nps) AS "true NPS"
FROM (SELECT channel, score_agg(answered) AS answered FROM demo.invitations GROUP BY channel) AS i
CROSS JOIN LATERAL rate_ci(i.answered) AS e
JOIN (SELECT DISTINCT channel, response_rate FROM demo.truth) AS t USING (channel)
JOIN demo.truth_scores AS s ON s.channel = i.channel AND s.phase IS NULL
ORDER BY e.value DESC;

\qecho :mark So the plain average flatters, and weights put it right
\qecho

WITH summary AS (
    SELECT score_agg(nps) AS nps, score_agg(nps, weight) AS nps_weighted,
        score_agg(csat) AS csat, score_agg(csat, weight) AS csat_weighted,
        score_agg(ces) AS ces, score_agg(ces, weight) AS ces_weighted,
        cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[function, ease, emotion], 1, 5, importance) AS cx,
        cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[function, ease, emotion], 1, 5, weight * importance) AS cx_weighted
    FROM demo.survey
), metric (ord, metric, plain, e, truth, digits) AS (
    SELECT 1, 'CX index', cx_index(cx), cx_index_ci(cx_weighted), t.cx_index, 1
    FROM summary, demo.truth_scores AS t
    WHERE t.channel IS NULL AND t.phase IS NULL
    UNION ALL
    SELECT 2, 'NPS', nps(s.nps), nps_ci(nps_weighted), t.nps, 1
    FROM summary AS s, demo.truth_scores AS t
    WHERE t.channel IS NULL AND t.phase IS NULL
    UNION ALL
    SELECT 3, 'CSAT', csat(s.csat), csat_ci(csat_weighted), t.csat, 1
    FROM summary AS s, demo.truth_scores AS t
    WHERE t.channel IS NULL AND t.phase IS NULL
    UNION ALL
    SELECT 4, 'CES', ces(s.ces), mean_ci(ces_weighted), t.ces, 2
    FROM summary AS s, demo.truth_scores AS t
    WHERE t.channel IS NULL AND t.phase IS NULL
)
SELECT metric, pg_temp.shown(plain, digits) AS "plain average",
    pg_temp.shown((e).value, digits) AS weighted, pg_temp.shown((e).lo, digits) AS "from", pg_temp.shown((e).hi, digits) AS "to",
    pg_temp.shown(truth, digits) AS truth,
    CASE WHEN truth BETWEEN (e).lo AND (e).hi THEN 'yes' ELSE 'no' END AS "truth inside"
FROM metric
ORDER BY ord;

\qecho 'The same for each moment of truth, channel by phase: 95 of 100 intervals should hold the truth.'
\qecho

WITH cell AS (
    SELECT channel, phase, rollup(nps) AS nps, rollup(csat) AS csat, rollup(ces) AS ces, rollup(cx) AS cx
    FROM demo.daily
    GROUP BY channel, phase
), hit (metric, inside) AS (
    SELECT m.metric, m.truth BETWEEN (m.e).lo AND (m.e).hi
    FROM cell
    JOIN demo.truth_scores AS t USING (channel, phase)
    CROSS JOIN LATERAL (VALUES
        ('CX index', cx_index_ci(cell.cx), t.cx_index),
        ('NPS', nps_ci(cell.nps), t.nps),
        ('CSAT', csat_ci(cell.csat), t.csat),
        ('CES', mean_ci(cell.ces), t.ces)
    ) AS m (metric, e, truth)
)
SELECT string_agg(metric || ' ' || inside || ' of ' || moments, ', ' ORDER BY metric) AS "intervals that hold the truth"
FROM (SELECT metric, count(*) FILTER (WHERE inside) AS inside, count(*) AS moments FROM hit GROUP BY metric) AS m;

\qecho :mark Stored once, rolled up at will: demo.daily is a materialised view of summaries
\qecho

WITH month AS (
    SELECT date_trunc('month', day, 'UTC') AS month, channel, phase,
        rollup(nps) AS nps, rollup(nps_weighted) AS nps_weighted, rollup(cx) AS cx
    FROM demo.daily
    GROUP BY date_trunc('month', day, 'UTC'), channel, phase
), level (ord, level, input_rows, nps, nps_weighted, cx) AS (
    SELECT 1, 'from the questionnaires', count(*), score_agg(nps), score_agg(nps, weight),
        cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[function, ease, emotion], 1, 5, weight * importance)
    FROM demo.survey
    UNION ALL
    SELECT 2, 'days -> all', count(*), rollup(nps), rollup(nps_weighted), rollup(cx)
    FROM demo.daily
    UNION ALL
    SELECT 3, 'days -> months -> all', count(*), rollup(nps), rollup(nps_weighted), rollup(cx)
    FROM month
)
SELECT l.level, l.input_rows AS "rows read",
    pg_temp.shown(nps(l.nps), 3) AS "plain NPS",
    CASE WHEN l.ord = 1 THEN '' WHEN l.nps = first.nps THEN 'identical' ELSE 'DIFFERENT' END AS "compared",
    pg_temp.shown(cx_index(l.cx), 3) AS "CX index",
    CASE WHEN l.ord = 1 THEN ''
        WHEN abs(cx_index(l.cx) / cx_index(first.cx) - 1) < 1e-12
            AND abs(nps(l.nps_weighted) / nps(first.nps_weighted) - 1) < 1e-12
        THEN 'within 1e-12' ELSE 'DIFFERENT' END AS "compared, weighted"
FROM level AS l
JOIN level AS first ON first.ord = 1
ORDER BY l.ord;

\qecho 'demo.glossary explains' :metrics 'metrics in English and Spanish, each with its query. Try'
\qecho
\qecho '    SELECT metric, spanish, sql FROM demo.glossary;'
\qecho
