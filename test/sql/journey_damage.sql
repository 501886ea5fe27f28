-- Journeys damaged on disk: whatever the bytes say, a function ends with a result or an error, never with the server.
-- A cast without a function makes values of any bytes, which only a superuser can do.
SET client_min_messages = warning;
SET TimeZone = 'UTC';
CREATE CAST (bytea AS journey) WITHOUT FUNCTION;
CREATE CAST (journey AS bytea) WITHOUT FUNCTION;
CREATE TABLE sound AS
SELECT n, journey_agg(timestamptz '2025-01-01Z' + i * i * n * interval '1 minute', (ARRAY['visit', 'cart', 'error', 'purchase', 'call'])[1 + (i * 7 + n) % 5],
                      (ARRAY['web', 'phone/billing', 'phone/orders', NULL])[1 + (i * 3 + n) % 4], CASE WHEN i % 2 = 0 THEN i::float8 END, CASE WHEN i % 3 = 0 THEN i % 11 END) AS j
FROM generate_series(1, 4) n, generate_series(1, 14) i GROUP BY n;

-- One to three bytes behind the version turned over; which ones is decided by a hash.
CREATE FUNCTION damaged(j journey, seed int) RETURNS journey LANGUAGE plpgsql AS $$
DECLARE bytes bytea := j::bytea;
        place int;
BEGIN
    FOR k IN 0..seed % 3 LOOP
        place := 1 + abs(hashint8(seed * 10 + k)::bigint) % (length(bytes) - 1);
        bytes := set_byte(bytes, place, get_byte(bytes, place) # (1 << abs(hashint8(seed * 10 + k + 5)::bigint)::int % 8));
    END LOOP;
    RETURN bytes::journey;
END $$;

-- 'result' or the SQLSTATE.
CREATE FUNCTION outcome(call text, j journey) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || call || ' FROM (SELECT $1 AS j) x' USING j;
    RETURN 'result';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

-- Results, and XX001; a damaged time may be one that cannot be (22008), a value none that adds up (22003).
SELECT call, count(*) AS runs, count(*) FILTER (WHERE outcome NOT IN ('result', 'XX001', '22008', '22003')) AS others, count(*) FILTER (WHERE outcome = 'XX001') > 0 AS some_refused
FROM (SELECT call, outcome(call, damaged(j, seed)) AS outcome
      FROM sound, generate_series(1, 150) seed, unnest(ARRAY[
          $$length(j)$$, $$events(j)$$, $$event_at(j, 'cart@phone/*', -1)$$, $$journey_filter(j, '{.:score>2,call}')$$,
          $$j @~ 'visit ~> purchase@web'$$, $$journey_count(j, 'cart:value>3 -> .')$$, $$funnel_level(j, '{visit,cart,purchase}', '1 day')$$,
          $$(SELECT count(*) FROM journey_links(j, 6, 'visit', 'purchase', true, 'channel'))$$, $$journey_path(j, 5, 'visit', 'purchase@web', false, 'phase')$$,
          $$transition_agg(j)$$, $$transition_agg(j, 'channel', 'purchase@web', true)$$, $$transition_agg(j, 'phase', 'call:score>1')$$,
          $$(SELECT count(*) FROM attribution(j, 'purchase', 'linear'))$$, $$(SELECT count(*) FROM attribution(j, 'purchase:value>0', 'last_non_direct', '1 day', by => 'event'))$$,
          $$(SELECT count(*) FROM shapley_attribution(j, 'purchase'))$$, $$retained(j, 'visit', 'purchase@phone/*', '1 day', 8)$$,
          $$repeat_contacts(j, '{call,error@web}', '1 day')$$, $$(SELECT count(*) FROM friction(j, '{cart@web}', '1 hour', 'purchase', 'cart'))$$,
          $$journey_effort(j, 'purchase:value>1', '{error,call@phone/billing}', '1 hour')$$, $$sequence_stats(j)$$]) call) x
GROUP BY call ORDER BY call COLLATE "C";
DROP CAST (bytea AS journey);
DROP CAST (journey AS bytea);
