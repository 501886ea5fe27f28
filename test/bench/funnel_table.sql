-- What the funnel took everywhere.
\pset footer off
\pset null ''
CREATE VIEW bench.funnel AS
SELECT id, place, work, min(seconds) AS seconds, min(levels) AS levels, count(DISTINCT levels) > 1 AS unsteady,
       (SELECT min(seconds) FROM bench.funnel_time WHERE id = 'ours_stored') AS ours,
       CASE WHEN place = 'log' THEN CASE split_part(work, ' ', 1)
            WHEN 'ClickHouse' THEN 8 WHEN 'DuckDB' THEN 10 WHEN 'PostgreSQL:' THEN 30 END END AS goal,
       rank() OVER (PARTITION BY place, split_part(work, ' ', 1) ORDER BY min(seconds)) = 1 AS best
FROM bench.funnel_time GROUP BY id, place, work;

\echo
\echo ===== a funnel of 3 steps within 7 days, seconds of CPU of one thread, and how many times those of stored journeys
\echo log: raw rows in order of time; sorted: raw rows sorted beforehand by customer and time, in PostgreSQL with an index
SELECT place, work, round(seconds::numeric, 3) AS seconds, round((seconds / ours)::numeric, 1) AS times,
       CASE WHEN best THEN goal END AS goal,
       CASE WHEN NOT best OR goal IS NULL THEN '' WHEN seconds >= goal * ours THEN 'yes' ELSE 'NO' END AS met
FROM bench.funnel
ORDER BY array_position(ARRAY['stored', 'on the fly', 'on the fly, WHERE', 'log', 'sorted'], place), split_part(work, ':', 1), seconds;

SELECT CASE WHEN count(DISTINCT levels) = 1 AND NOT bool_or(unsteady) THEN 'All ' || count(*) || ' agree on the journeys at each level: ' || min(levels)
            ELSE 'THEY DISAGREE: ' || string_agg(id || ' ' || levels, '; ') END AS levels
FROM bench.funnel;
