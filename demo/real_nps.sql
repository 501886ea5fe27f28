-- Three real surveys: NPS by the channel that asked, beside a plain count.
--
--     psql -f demo/real_nps.sql        (cx_metrics is installed; nps/nps_email.csv,
--                                      nps_mobile.csv and nps_web.csv are in the
--                                      working directory)
--
-- The files are those of Neo-47/Net-Promoter-Score-Product-Analysis (Apache-2.0):
-- response_date, user_id, nps_rating.  They are not part of this project.

\encoding UTF8
\set ON_ERROR_STOP on
SET client_min_messages = warning;

DROP TABLE IF EXISTS pg_temp.real_answer, pg_temp.real_file;
CREATE TEMPORARY TABLE real_file (response_date date, user_id bigint, nps_rating int);
CREATE TEMPORARY TABLE real_answer (channel text, response_date date, user_id bigint, nps_rating int);

\copy real_file FROM 'nps/nps_email.csv' WITH (FORMAT csv, HEADER)
INSERT INTO real_answer SELECT 'email', * FROM real_file;
TRUNCATE real_file;
\copy real_file FROM 'nps/nps_mobile.csv' WITH (FORMAT csv, HEADER)
INSERT INTO real_answer SELECT 'mobile', * FROM real_file;
TRUNCATE real_file;
\copy real_file FROM 'nps/nps_web.csv' WITH (FORMAT csv, HEADER)
INSERT INTO real_answer SELECT 'web', * FROM real_file;
DROP TABLE real_file;

\set locale `echo "${LC_ALL:-${LC_CTYPE:-$LANG}}"`
SELECT :'locale' ~* 'utf-?8' AS utf8 \gset
\if :utf8
    \pset linestyle unicode
    \set mark '■'
\else
    \pset linestyle ascii
    \set mark '*'
\endif
\pset format aligned
\pset border 1
\pset footer off

CREATE TEMPORARY VIEW real_nps AS
SELECT coalesce(a.channel, 'all') AS channel, grouping(a.channel) AS whole,
    -- as anybody would count it
    100.0 * (count(*) FILTER (WHERE nps_rating >= 9) - count(*) FILTER (WHERE nps_rating <= 6)) / count(nps_rating) AS counted,
    count(*) FILTER (WHERE nps_rating >= 9) AS promoters,
    count(*) FILTER (WHERE nps_rating BETWEEN 7 AND 8) AS passives,
    count(*) FILTER (WHERE nps_rating <= 6) AS detractors,
    nps(nps_rating) AS one_call,
    score_agg(nps_rating) AS summary
FROM real_answer AS a
GROUP BY GROUPING SETS ((a.channel), ());

\qecho
\qecho :mark 'Real answers: NPS by the channel that asked, with 95 % intervals'
\qecho

SELECT channel, round(e.value::numeric, 2) AS "NPS", round(e.lo::numeric, 2) AS "from", round(e.hi::numeric, 2) AS "to",
    e.responses AS base, e.base_quality AS "is",
    promoters(summary), passives(summary), detractors(summary), round(counted, 2) AS "plain count"
FROM real_nps
CROSS JOIN LATERAL nps_ci(summary) AS e
ORDER BY whole, channel;

DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM real_nps LOOP
        IF abs(nps(r.summary) - r.counted) > 1e-9 OR abs(r.one_call - r.counted) > 1e-9
            OR promoters(r.summary) <> r.promoters OR passives(r.summary) <> r.passives
            OR detractors(r.summary) <> r.detractors
            OR nps(r.summary) NOT BETWEEN (nps_ci(r.summary)).lo AND (nps_ci(r.summary)).hi
        THEN
            RAISE EXCEPTION 'NPS of % is % by cx_metrics and % by a plain count', r.channel, nps(r.summary), r.counted;
        END IF;
    END LOOP;
END
$$;

\qecho 'Each figure equals its plain count.'
\qecho

DROP VIEW real_nps;
DROP TABLE real_answer;
