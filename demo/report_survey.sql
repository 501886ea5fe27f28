-- The survey part of the report, on any table or view of answers.
--
--     \set answers my_schema.my_view
--     \i demo/report_survey.sql
--
-- One row an answer, at most one to a question by a respondent in one channel and
-- phase, with these columns (demo.answers is an example):
--
--     respondent  text         who filled in one questionnaire; NULL when not known:
--                              then the CX index gets a wider interval
--     at          timestamptz  when
--     channel     text         where, may be NULL
--     phase       text         at which step of the relationship, may be NULL
--     question    text         nps, csat, ces, function, ease, emotion, and with
--                              respondents expected and perceived; others are ignored
--     score       int          the answer
--     scale_min   int          lowest and highest answer that could be given,
--     scale_max   int          the same in all rows of a question
--     weight      float8       how many customers the respondent speaks for, else 1
--     importance  float8       how much the moment counts in the CX index, else 1
--
-- Answers are read once, into one summary for each month, channel and phase.
-- Every figure is a roll-up of those.  Nothing stays but a temporary table and temporary
-- functions, and the settings of this session.

\encoding UTF8
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET TimeZone = 'UTC';
-- Each query takes less time than compiling it.
SET jit = off;

\if :{?answers}
\else
    \set answers demo.answers
\endif

-- Pictures in ASCII where the terminal does not say that it knows more.
\set locale `echo "${LC_ALL:-${LC_CTYPE:-$LANG}}"`
SELECT :'locale' ~* 'utf-?8' AS utf8 \gset
\if :utf8
    \pset linestyle unicode
    \set full '█'
    \set empty '·'
    \set dash '─'
    \set dot '●'
    \set mark '■'
    \set cross '◆'
    \set plusminus '±'
\else
    \pset linestyle ascii
    \set full '#'
    \set empty '.'
    \set dash '-'
    \set dot 'o'
    \set mark '*'
    \set cross 'x'
    \set plusminus '+-'
\endif
\pset format aligned
\pset border 1
\pset footer off
\pset null ''
\pset expanded off
\pset tuples_only off

-- How figures are shown.  Rounding is for the eye only, here and nowhere else.
CREATE OR REPLACE FUNCTION pg_temp.shown(value float8, digits int DEFAULT 1) RETURNS numeric
IMMUTABLE
RETURN round(value::numeric, digits);

CREATE OR REPLACE FUNCTION pg_temp.with_interval(e estimate, digits int DEFAULT 1, times float8 DEFAULT 1) RETURNS text
IMMUTABLE
RETURN lpad(pg_temp.shown((e).value * times, digits)::text, 5)
    || coalesce(' ' || :'plusminus' || pg_temp.shown(((e).hi - (e).lo) / 2 * times, digits), '')
    || CASE (e).base_quality WHEN 'low' THEN ' ?' WHEN 'insufficient' THEN ' ??' ELSE '' END;

CREATE OR REPLACE FUNCTION pg_temp.bar(value float8, width int) RETURNS text
IMMUTABLE
RETURN repeat(:'full', round(value / 100 * width)::int) || repeat(:'empty', width - round(value / 100 * width)::int);

CREATE OR REPLACE FUNCTION pg_temp.cell(value float8, axis_min float8, axis_max float8, width int) RETURNS int
IMMUTABLE
RETURN CASE WHEN value IS NOT NULL
    THEN greatest(0, least(width - 1, floor((value - axis_min) / (axis_max - axis_min) * width)))::int
END;

-- An interval on an axis, and if given a mark.
CREATE OR REPLACE FUNCTION pg_temp.whisker(e estimate, axis_min float8, axis_max float8, width int, mark float8 DEFAULT NULL)
RETURNS text
STABLE
RETURN (
    SELECT string_agg(CASE
            WHEN i = pg_temp.cell((e).value, axis_min, axis_max, width) THEN :'dot'
            WHEN i = pg_temp.cell(mark, axis_min, axis_max, width) THEN :'cross'
            WHEN i BETWEEN pg_temp.cell((e).lo, axis_min, axis_max, width)
                AND pg_temp.cell((e).hi, axis_min, axis_max, width) THEN :'dash'
            ELSE :'empty'
        END, '' ORDER BY i)
    FROM generate_series(0, width - 1) AS i
);

-- Summaries ---------------------------------------------------------------------

-- A summary of whole respondents has one scale; else each dimension has its own.
SELECT coalesce(bool_and(respondent IS NOT NULL), false)
        AND count(DISTINCT (scale_min, scale_max)) FILTER (WHERE question IN ('function', 'ease', 'emotion')) <= 1 AS by_respondent,
    count(*) FILTER (WHERE question = 'nps') > 0 AS has_nps,
    count(*) FILTER (WHERE question IN ('function', 'ease', 'emotion')) > 0 AS has_cx,
    coalesce(min(scale_min) FILTER (WHERE question IN ('function', 'ease', 'emotion')), 1) AS cx_min,
    coalesce(max(scale_max) FILTER (WHERE question IN ('function', 'ease', 'emotion')), 5) AS cx_max,
    coalesce(min(scale_min) FILTER (WHERE question = 'csat'), 1) AS csat_min,
    coalesce(max(scale_max) FILTER (WHERE question = 'csat'), 5) AS csat_max,
    coalesce(max(scale_max) FILTER (WHERE question = 'ces'), 7) AS ces_max,
    to_char(count(*), 'FM999,999,999,999') AS answer_count,
    count(*) > 0 AS has_answers,
    coalesce(to_char(min(at), 'YYYY-MM-DD'), 'no day') AS first_day,
    coalesce(to_char(max(at), 'YYYY-MM-DD'), 'no day') AS last_day
FROM :answers
\gset

DROP TABLE IF EXISTS pg_temp.moment;

\if :by_respondent
    -- One row a respondent: how the dimensions go together is known.
    CREATE TEMPORARY TABLE moment AS
    WITH respondent AS (
        SELECT date_trunc('month', min(at), 'UTC') AS month, channel, phase,
            max(weight) AS weight, max(importance) AS importance,
            max(score) FILTER (WHERE question = 'nps') AS nps,
            max(score) FILTER (WHERE question = 'csat') AS csat,
            max(score) FILTER (WHERE question = 'ces') AS ces,
            max(score) FILTER (WHERE question = 'function') AS function,
            max(score) FILTER (WHERE question = 'ease') AS ease,
            max(score) FILTER (WHERE question = 'emotion') AS emotion,
            max(score) FILTER (WHERE question = 'expected') AS expected,
            max(score) FILTER (WHERE question = 'perceived') AS perceived
        FROM :answers
        GROUP BY respondent, channel, phase
    )
    SELECT month, channel, phase,
        score_agg(nps, weight) AS nps,
        score_agg(csat, weight) AS csat,
        score_agg(ces, weight) AS ces,
        score_agg(perceived - expected, weight) AS gap,
        cx_agg(ARRAY['function', 'ease', 'emotion'], ARRAY[function, ease, emotion], :cx_min, :cx_max,
            weight * importance) AS cx
    FROM respondent
    GROUP BY month, channel, phase;
\else
    CREATE TEMPORARY TABLE moment AS
    SELECT date_trunc('month', at, 'UTC') AS month, channel, phase,
        score_agg(score, weight) FILTER (WHERE question = 'nps') AS nps,
        score_agg(score, weight) FILTER (WHERE question = 'csat') AS csat,
        score_agg(score, weight) FILTER (WHERE question = 'ces') AS ces,
        NULL::score_summary AS gap,
        cx_agg(question, score, scale_min, scale_max, weight * importance)
            FILTER (WHERE question IN ('function', 'ease', 'emotion')) AS cx
    FROM :answers
    GROUP BY date_trunc('month', at, 'UTC'), channel, phase;
\endif

ANALYZE moment;

-- The report --------------------------------------------------------------------

\qecho
\qecho :answer_count answers from :first_day to :last_day, weighted.
\qecho A base (effective, after weighting) is ok from 100, low from 30 (?), insufficient below (??).
\qecho
\if :has_answers

\qecho :mark Headline, with 95 % intervals
\qecho

WITH total AS (
    SELECT rollup(nps) AS nps, rollup(csat) AS csat, rollup(ces) AS ces, rollup(gap) AS gap, rollup(cx) AS cx
    FROM moment
), metric (ord, metric, e, digits, axis_min, axis_max) AS (
    SELECT 1, 'CX index, 0..100', cx_index_ci(cx), 1, 0, 100
    FROM total
    UNION ALL
    SELECT 2, 'NPS, -100..100', nps_ci(nps), 1, -100, 100
    FROM total
    UNION ALL
    SELECT 3, 'CSAT, 0..100', csat_ci(csat, scale_max => :csat_max, scale_min => :csat_min), 1, 0, 100
    FROM total
    UNION ALL
    SELECT 4, 'CES, 1..' || :ces_max, mean_ci(ces), 2, 1, :ces_max
    FROM total
    UNION ALL
    SELECT 5, 'Wow rate, 0..1', share_ci(gap, 1, 100), 3, 0, 1
    FROM total
    UNION ALL
    SELECT 6, 'Expectation gap, scores', mean_ci(gap), 2, :cx_min - :cx_max, :cx_max - :cx_min
    FROM total
)
SELECT metric,
    pg_temp.shown((e).value, digits) AS value,
    pg_temp.shown((e).lo, digits) AS "from", pg_temp.shown((e).hi, digits) AS "to",
    (e).responses AS base, pg_temp.shown((e).effective_base, 0) AS effective, (e).base_quality AS "is",
    pg_temp.whisker(e, axis_min, axis_max, 21) AS "on its scale"
FROM metric
WHERE (e).value IS NOT NULL
ORDER BY ord;

\qecho :mark By channel, each with half its 95 % interval; the bar is the CX index
\qecho

WITH channel AS (
    SELECT CASE WHEN grouping(channel) = 1 THEN 'all' ELSE coalesce(channel, '(none)') END AS channel,
        grouping(channel) AS whole,
        rollup(nps) AS nps, rollup(csat) AS csat, rollup(ces) AS ces, rollup(gap) AS gap, rollup(cx) AS cx
    FROM moment
    GROUP BY GROUPING SETS ((channel), ())
)
SELECT channel,
    pg_temp.with_interval(cx_index_ci(cx)) AS "CX index",
    pg_temp.with_interval(nps_ci(nps)) AS "NPS",
    pg_temp.with_interval(csat_ci(csat, scale_max => :csat_max, scale_min => :csat_min)) AS "CSAT",
    pg_temp.with_interval(mean_ci(ces), 2) AS "CES",
    pg_temp.with_interval(share_ci(gap, 1, 100), 1, 100) AS "wow, %",
    pg_temp.bar(cx_index(cx), 18) AS "0 .. 100"
FROM channel
ORDER BY whole, cx_index(cx) DESC NULLS LAST, channel;

\qecho :mark By phase
\qecho

WITH phase AS (
    SELECT phase, rollup(nps) AS nps, rollup(csat) AS csat, rollup(ces) AS ces, rollup(gap) AS gap, rollup(cx) AS cx
    FROM moment
    GROUP BY phase
)
SELECT coalesce(phase, '(none)') AS phase,
    pg_temp.with_interval(cx_index_ci(cx)) AS "CX index",
    pg_temp.with_interval(nps_ci(nps)) AS "NPS",
    pg_temp.with_interval(csat_ci(csat, scale_max => :csat_max, scale_min => :csat_min)) AS "CSAT",
    pg_temp.with_interval(mean_ci(ces), 2) AS "CES",
    pg_temp.with_interval(share_ci(gap, 1, 100), 1, 100) AS "wow, %",
    pg_temp.bar(cx_index(cx), 18) AS "0 .. 100"
FROM phase
ORDER BY array_position(ARRAY['acquisition', 'sale', 'delivery', 'loyalty'], phase), phase;

\if :has_cx
    \qecho :mark CX index by channel and phase
    \qecho

    SELECT coalesce(channel, '(none)') AS "CX index", coalesce(phase, '(none)') AS phase,
        pg_temp.with_interval(cx_index_ci(rollup(cx))),
        dense_rank() OVER (ORDER BY array_position(ARRAY['acquisition', 'sale', 'delivery', 'loyalty'], phase), phase)
    FROM moment
    GROUP BY channel, phase
    ORDER BY channel
    \crosstabview 1 2 3 4
\endif

\if :has_nps
    \qecho :mark NPS by channel and phase
    \qecho

    SELECT coalesce(channel, '(none)') AS "NPS", coalesce(phase, '(none)') AS phase,
        pg_temp.with_interval(nps_ci(rollup(nps))),
        dense_rank() OVER (ORDER BY array_position(ARRAY['acquisition', 'sale', 'delivery', 'loyalty'], phase), phase)
    FROM moment
    GROUP BY channel, phase
    ORDER BY channel
    \crosstabview 1 2 3 4
\endif

\if :has_cx
    \qecho :mark The weakest moments of truth, and what is weakest in them
    \qecho

    -- By the upper end of the interval: weak for sure, not because the base is thin.
    WITH cell AS (
        SELECT channel, phase, rollup(cx) AS cx, rollup(nps) AS nps
        FROM moment
        GROUP BY channel, phase
    )
    SELECT coalesce(channel, '(none)') AS channel, coalesce(phase, '(none)') AS phase,
        pg_temp.shown(i.value) AS "CX index", pg_temp.shown(i.lo) AS "from", pg_temp.shown(i.hi) AS "to",
        pg_temp.with_interval(n) AS "NPS",
        i.responses AS base, i.base_quality AS "is",
        d.dimension || ' ' || pg_temp.shown(d.value) AS weakest
    FROM cell
    CROSS JOIN LATERAL cx_index_ci(cx) AS i
    CROSS JOIN LATERAL nps_ci(nps) AS n
    CROSS JOIN LATERAL (
        SELECT dimension, value
        FROM cx_dimensions(cx)
        ORDER BY value, dimension
        LIMIT 1
    ) AS d
    ORDER BY i.hi, channel, phase
    LIMIT 6;
\endif

\if :has_nps
    \qecho :mark NPS by month
    \qecho

    WITH month AS (
        SELECT month, e
        FROM (SELECT month, rollup(nps) AS nps FROM moment GROUP BY month) AS m
        CROSS JOIN LATERAL nps_ci(nps) AS e
        WHERE nps IS NOT NULL
    ), axis AS (
        SELECT floor(min((e).lo) / 10) * 10 AS axis_min, ceil(max((e).hi) / 10) * 10 AS axis_max
        FROM month
    )
    SELECT to_char(month, 'YYYY-MM') AS month,
        pg_temp.shown((e).value) AS "NPS", pg_temp.shown((e).lo) AS "from", pg_temp.shown((e).hi) AS "to",
        (e).responses AS base, (e).base_quality AS "is",
        pg_temp.whisker(e, axis_min, axis_max, 41) AS "95 % interval"
    FROM month, axis
    ORDER BY month;
\endif

\endif
