-- Measures queries against each other in one session: rounds are interleaved,
-- so that noise hits all alike, and the least CPU time of each query counts.

CREATE SCHEMA bench;

-- Seconds of CPU this backend has used (Linux); of the clock where that cannot be read.
CREATE FUNCTION bench.cpu_seconds() RETURNS float8 LANGUAGE plpgsql AS $$
BEGIN
    RETURN split_part(pg_read_file('/proc/self/schedstat'), ' ', 1)::float8 / 1e9;
EXCEPTION WHEN OTHERS THEN
    RETURN extract(epoch FROM clock_timestamp());
END $$;

-- The least seconds of each query over `rounds` interleaved rounds, in each of which it runs for a fifth of a second or
-- longer, as the kernel adds up the time in steps of milliseconds; by the clock where workers share the work.
CREATE FUNCTION bench.seconds(queries text[], rounds int, by_clock boolean DEFAULT false)
RETURNS float8[] LANGUAGE plpgsql AS $$
DECLARE
    least_seconds float8[] := array_fill('Infinity'::float8, ARRAY[cardinality(queries)]);
    started float8;
    spent float8;
    runs int;
    result text;
BEGIN
    FOR round IN 1..rounds LOOP
        FOR q IN 1..cardinality(queries) LOOP
            started := CASE WHEN by_clock THEN extract(epoch FROM clock_timestamp()) ELSE bench.cpu_seconds() END;
            runs := 0;
            LOOP
                EXECUTE queries[q] INTO result;
                runs := runs + 1;
                spent := CASE WHEN by_clock THEN extract(epoch FROM clock_timestamp()) ELSE bench.cpu_seconds() END - started;
                EXIT WHEN spent >= 0.2;
            END LOOP;
            least_seconds[q] := least(least_seconds[q], spent / runs);
        END LOOP;
    END LOOP;
    RETURN least_seconds;
END $$;

-- Ratios of the queries to the one labelled by `against`, beside the goal of each (NULL: none).
CREATE FUNCTION bench.ratios(against text, labels text[], queries text[], goals float8[], rounds int DEFAULT 5)
RETURNS TABLE (work text, ratio numeric, goal float8, met text) LANGUAGE sql AS $$
    WITH m AS MATERIALIZED (SELECT bench.seconds(queries, rounds) AS s)
    SELECT u.label, round((s[u.i] / s[array_position(labels, against)])::numeric, 2), u.goal,
           CASE WHEN u.goal IS NULL THEN '' WHEN s[u.i] / s[array_position(labels, against)] <= u.goal THEN 'yes' ELSE 'NO' END
    FROM m, unnest(labels, goals) WITH ORDINALITY u(label, goal, i)
    ORDER BY u.i $$;

-- How many times faster each query gets with two workers, and that against the first one's.
CREATE FUNCTION bench.speedups(labels text[], queries text[], rounds int DEFAULT 5)
RETURNS TABLE (work text, times_faster numeric, against_floor numeric) LANGUAGE plpgsql AS $$
DECLARE
    serial float8[];
    two float8[];
BEGIN
    PERFORM set_config('max_parallel_workers_per_gather', '0', true);
    serial := bench.seconds(queries, rounds, true);
    PERFORM set_config('max_parallel_workers_per_gather', '2', true);
    two := bench.seconds(queries, rounds, true);
    PERFORM set_config('max_parallel_workers_per_gather', '0', true);
    RETURN QUERY
        SELECT u.label, round((serial[u.i] / two[u.i])::numeric, 2),
               round((serial[u.i] / two[u.i] / (serial[1] / two[1]))::numeric, 2)
        FROM unnest(labels) WITH ORDINALITY u(label, i) ORDER BY u.i;
END $$;

-- What a hash aggregate of the query needed: memory and batches (more than one has spilled).
CREATE FUNCTION bench.hash_memory(labels text[], queries text[])
RETURNS TABLE (work text, megabytes numeric, batches int) LANGUAGE plpgsql AS $$
DECLARE plan jsonb;
BEGIN
    FOR q IN 1..cardinality(queries) LOOP
        EXECUTE 'EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ' || queries[q] INTO plan;
        work := labels[q];
        megabytes := round((jsonb_path_query_first(plan, '$.**."Peak Memory Usage"') #>> '{}')::numeric / 1024);
        batches := (jsonb_path_query_first(plan, '$.**."HashAgg Batches"') #>> '{}')::int;
        RETURN NEXT;
    END LOOP;
END $$;
