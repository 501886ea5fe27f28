-- journey_pattern, @~, journey_match and journey_count, as SQL sees them.
--
-- The second sources: examples derived by hand, each with the reason; and for random journeys all matches of a pattern
-- as joins of touchpoints() give them. (test/unit/pattern_test.c compares the automaton with a brute force.)

CREATE SCHEMA test_journey_pattern;
SET search_path = test_journey_pattern, public;
SET timezone = 'UTC';
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET jit = off;

CREATE FUNCTION error_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    message text;
    detail text;
    hint text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(' | ', SQLSTATE || ': ' || message, nullif(detail, ''), nullif(hint, ''));
END $$;
-- The detail of the error that a text is no pattern, and whether there is the hint on quoting.
CREATE FUNCTION complaint(pattern text, OUT state text, OUT detail text, OUT hint boolean) LANGUAGE plpgsql AS $$
DECLARE
    h text;
    message text;
BEGIN
    PERFORM pattern::journey_pattern;
    state := 'none';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT, message = MESSAGE_TEXT;
    state := SQLSTATE;
    hint := h LIKE 'Put quotes around%';
    IF state = '22P02' AND message <> format('invalid input syntax for type journey_pattern: "%s"', pattern) THEN
        state := message;
    END IF;
END $$;
CREATE FUNCTION plan_shows(statement text, node text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line LIKE '%' || node || '%' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;

-- A journey in short: hour:event@channel#value=score, the last three where there are any.
CREATE FUNCTION made(touchpoints text) RETURNS journey LANGUAGE sql AS $$
    SELECT coalesce(journey_agg(timestamptz '2024-01-01Z' + m[1]::float8 * interval '1 hour', m[2], m[3], m[4]::float8, m[5]::int), '[]')
    FROM regexp_matches($1, '([0-9.]+):([^ @#=]+)(?:@([^ #=]+))?(?:#([0-9.-]+))?(?:=([0-9-]+))?', 'g') m $$;
SELECT made('0:a 1.5:b/c@web#2.5=7 3:d=-1');

--
-- The text form
--

-- One spelling for each; what is not needed goes.
SELECT p AS given, p::journey_pattern AS canonical, p::journey_pattern::text::journey_pattern = p::journey_pattern AS again
FROM unnest(ARRAY['a', '  a  ', '''a''', '[a]', 'a->b', 'a~>b', 'a -> b ~> c', '''a b''', '''it''''s''', '''within''', '''''', 'a{1}', 'a{1,}', 'a{0,1}', 'a{3}', 'a{2,}',
    'a{0,}', 'a{2,5}', 'a?', 'a +', '(a)', '(a|b)', '(a|b->c)+', '( a ~> b ){2}', '[a|b/*]', '[^a|''b c'']', '.', '.@x', 'a@x/*@y', 'a:score>=3:score<9', 'a:value>1.50',
    'a:value=-0', '(a|b)@phone:score>2', '^a', 'a$', '^a$', '(^a|b$)', 'a within 30d', 'a within 36 hours', 'a within 0 s', 'a~>{<=7d}b', 'a ~>{<= 1.5 h , without x|y}b',
    'a ~>{without x, without y, > 1 min} b', 'a->{>0s}b', 'a ~>{<2h,>1h} b', 'a~>{<= 1 year 2 months 10 days} b', '(a~>b within 1mon) ~> c', 'é~>日本']) WITH ORDINALITY u(p, n)
ORDER BY n;

-- What is none: the character counts, after names of more bytes than characters too, and the hint comes where quotes may help.
SELECT p AS given, c.* FROM unnest(ARRAY['', ' ', 'a b', 'ER Registration', 'é -> ü b', 'a ->', '-> a', 'a -> -> b', 'a|b', 'a)', '(a', '(a|)', '()', '[', '[]', '[^]', '[a', '[.]', '''a', 'é''', 'a-', 'a/', 'a/*/b', '*',
    'within', 'a ~> without', 'a@', 'a@.', 'a:score', 'a:mood>1', 'é:score>', 'a:score<=6:value', 'a:value=NaN', 'a??', 'a+?', 'a{', 'a{x}', 'a{,3}', 'a{1', 'a{2,1}', 'a{0}', 'a{0,0}', 'a{99999999999}', 'a$ -> b', 'a -> ^b', 'a ~>{} b',
    '日本 ~>{<= 3 lightyears} b', 'a ~>{<= 7} b', 'a ~>{<= -7 days} b', 'a ~>{= 7 days} b', 'a ~>{<= 7 days b', 'a ~>{without} b', 'a ~>{without x@web} b', 'a within', 'a within 7', 'a within 1 day within 1 day']) WITH ORDINALITY u(p, n), complaint(p) c
ORDER BY n;
SELECT 'order placed'::journey_pattern;
SELECT error_of($$SELECT 'é order'::journey_pattern$$);
SELECT octet_length(p) AS name, c.* FROM (VALUES (repeat('x', 4096)), (repeat('x', 4097)), (repeat('é', 2048)), (repeat('é', 2049))) v(p), complaint(p) c;

-- Too large: 1,000 places are allowed, and 100,000 ways from one to the next. (.? -> .?){n} has 2n places, each may follow each before: 2n * (2n - 1) / 2 and more.
SELECT p AS given, left(error_of(format('SELECT %L::journey_pattern', p)), 160) AS error
FROM (VALUES (1, 'a{1000}'), (2, 'a{1001}'), (3, '(a{40}){25}'), (4, '(a{40}){26}'), (5, 'a{1,1000}'), (6, '(.? -> .?){150}'), (7, '(.? -> .?){400}')) v(n, p) ORDER BY n;
SELECT repeat('(', 100) || 'a' || repeat(')', 100) = (repeat('(', 100) || 'a' || repeat(')', 100))::journey_pattern::text AS hundred_parentheses,
       (complaint(repeat('(', 101) || 'a' || repeat(')', 101))).*;

--
-- NULL, empty, casts
--

SELECT j @~ NULL AS a, NULL::journey @~ 'a' AS b, journey_count(j, NULL) AS c, journey_count(NULL, 'a') AS d, journey_match(j, NULL) AS e, journey_match(NULL, 'a') AS f
FROM made('0:a') j;
SELECT p, '[]'::journey @~ p::journey_pattern AS matches, journey_count('[]', p::journey_pattern), journey_match('[]', p::journey_pattern) IS NULL AS none
FROM unnest('{a,.,a?,.?,"a{0,}","^.$",[^a],"(a? -> b?)"}'::text[]) p;
-- No match: one row of NULLs.
SELECT m.*, m IS NULL AS "null" FROM journey_match(made('0:a 1:b'), 'b -> a') m;
SELECT made('0:a 1:b') @~ 'a -> b' AS literal, made('0:a 1:b') @~ 'a -> b'::text::journey_pattern AS cast, 'a->b'::journey_pattern::text AS as_text,
       made('0:a') @~ 'a'::journey_pattern AND NOT made('0:a') @~ 'b' AS both;
SELECT left(error_of($$SELECT made('0:a') @~ 'a'::text$$), 46) AS "there is no cast behind one's back";
SELECT error_of($$SELECT made('0:a') @~ 'a ~'$$);

--
-- Equality, order and hash
--

CREATE TABLE pattern (n int, p journey_pattern);
INSERT INTO pattern VALUES (1, 'a -> b'), (2, 'a->b'), (3, 'b'), (4, 'a'), (5, '[a]'), (6, 'a ~> b'), (7, NULL), (8, 'a within 24 hours'), (9, 'a within 1 day'), (10, '.{2,3}'), (11, '.{2,3}'),
    (12, ('(' || repeat('a ~> b | ', 40) || 'c)')::journey_pattern), (13, ('(' || repeat('a ~> b | ', 40) || 'c)')::journey_pattern);
SELECT count(*) AS rows, count(DISTINCT p) AS values FROM pattern;
SELECT left(p::text, 20) AS p, count(*), array_agg(n ORDER BY n) FROM pattern GROUP BY p ORDER BY min(n);
SELECT a.n, b.n FROM pattern a JOIN pattern b ON a.p = b.p AND a.n < b.n ORDER BY 1;
-- The operators agree with each other, and = with the text.
SELECT count(*) AS pairs, bool_and((a.p = b.p) = (a.p::text = b.p::text)) AS eq, bool_and((a.p <> b.p) = NOT (a.p = b.p)) AS ne, bool_and((a.p < b.p) = (b.p > a.p)) AS lt_gt,
       bool_and((a.p <= b.p) = (a.p < b.p OR a.p = b.p)) AS le, bool_and((a.p >= b.p) = (b.p <= a.p)) AS ge,
       bool_and(sign(journey_pattern_cmp(a.p, b.p)) = (a.p > b.p)::int - (a.p < b.p)::int) AS cmp, bool_and((a.p < b.p)::int + (a.p = b.p)::int + (a.p > b.p)::int = 1) AS one_of_three,
       bool_and(a.p <> b.p OR journey_pattern_hash(a.p) = journey_pattern_hash(b.p)) AS hash,
       bool_and(a.p <> b.p OR journey_pattern_hash_extended(a.p, 7) = journey_pattern_hash_extended(b.p, 7)) AS hash_extended
FROM pattern a, pattern b WHERE a.p IS NOT NULL AND b.p IS NOT NULL;
-- A total order: ORDER BY puts each before all that follow.
SELECT count(*) AS neighbours, bool_and(p <= next) AS ascending FROM (SELECT p, lead(p) OVER (ORDER BY p) AS next FROM pattern) x WHERE next IS NOT NULL;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT plan_shows('SELECT * FROM pattern a JOIN pattern b USING (p)', 'Merge Join') AS merge_join;
SELECT count(*) FROM pattern a JOIN pattern b USING (p);
RESET enable_hashjoin; SET enable_mergejoin = off;
SELECT plan_shows('SELECT * FROM pattern a JOIN pattern b USING (p)', 'Hash Join') AS hash_join;
SELECT count(*) FROM pattern a JOIN pattern b USING (p);
RESET enable_nestloop; RESET enable_mergejoin;

-- COPY out and in again, by text and binary, under a client encoding with other bytes too.
CREATE TABLE loaded (n int, p journey_pattern);
INSERT INTO pattern VALUES (14, 'é -> ''ü x'' ~>{<= 1 month} .@''ß''');
\set file `mktemp`
\set load '\\copy loaded from ' :'file' ' (format binary)'
COPY pattern TO STDOUT (FORMAT binary) \g :file
:load
SELECT count(*) AS rows, count(*) FILTER (WHERE a.p = b.p) AS same, count(*) FILTER (WHERE a.p IS NULL AND b.p IS NULL) AS "null" FROM pattern a JOIN loaded b USING (n);
TRUNCATE loaded;
SET client_encoding = 'LATIN1';
COPY pattern TO STDOUT (FORMAT binary) \g :file
:load
RESET client_encoding;
SELECT count(*) FILTER (WHERE a.p = b.p) AS same_by_latin1 FROM pattern a JOIN loaded b USING (n);
-- What was written in the one is not read in the other.
\set VERBOSITY sqlstate
SET client_encoding = 'LATIN1';
COPY pattern TO STDOUT (FORMAT binary) \g :file
SET client_encoding = 'UTF8';
:load
RESET client_encoding;
\set VERBOSITY default
TRUNCATE loaded;
\set load '\\copy loaded from ' :'file'
COPY pattern TO STDOUT \g :file
:load
SELECT count(*) FILTER (WHERE a.p = b.p) AS same_by_text FROM pattern a JOIN loaded b USING (n);
\set file `rm -f :file`
-- The binary form is the version, 1, and the text: 'a' is 61, ' -> ' 20 2d 3e 20.
SELECT journey_pattern_send('a->b') = '\x0161202d3e2062' AS as_by_hand, journey_pattern_send('é') = '\x01c3a9' AS two_bytes;

-- A damaged value is refused by all that look into it: XX001. (The last is text that can be read, but nothing that runs.) Bytes that are not a value, by a type of our own that is stored like one.
CREATE TYPE damaged;
CREATE FUNCTION damaged_in(cstring) RETURNS damaged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION damaged_out(damaged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE damaged (INPUT = damaged_in, OUTPUT = damaged_out, INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended);
CREATE CAST (damaged AS journey_pattern) WITHOUT FUNCTION;
SELECT '\x0161'::damaged::journey_pattern AS not_damaged;
SELECT bytes, left(error_of(format('SELECT %L::damaged::journey_pattern::text', bytes)), 50) AS out, left(error_of(format('SELECT journey_pattern_send(%L::damaged::journey_pattern)', bytes)), 5) AS send,
       left(error_of(format('SELECT journey ''[]'' @~ %L::damaged::journey_pattern', bytes)), 5) AS matches, left(error_of(format('SELECT journey_count(''[]'', %L::damaged::journey_pattern)', bytes)), 5) AS count
FROM unnest('{"\\x","\\x01","\\x0261","\\x01612d3e","\\x016100","\\x01617b313030317d"}'::text[]) bytes;

--
-- Each construct: what it finds, and what it just misses
--

CREATE TABLE example (n int GENERATED ALWAYS AS IDENTITY, pattern journey_pattern, hit text, ords int[], miss text, why text);
INSERT INTO example (pattern, hit, ords, miss, why) VALUES
    ('a', '0:b 1:a', '{2}', '0:aa 1:b/a', 'a name is the whole name'),
    ('''a b''', '', NULL, '0:a 1:b', 'a quoted name is one name'),
    ('a/*', '0:a 1:a/b/c', '{2}', '0:a 1:ab/c 2:b/a', 'below a, not a itself, not another that begins so'),
    ('[a|b/*]', '0:b 1:b/x', '{2}', '0:b 1:c', 'one of these'),
    ('[^a|b/*]', '0:a 1:b/x 2:b', '{3}', '0:a 1:b/x 2:b/y/z', 'none of these; b is not below b'),
    ('. -> .', '0:x 1:y', '{1,2}', '0:x', 'any event, but a touchpoint each'),
    ('a@web', '0:a 1:a@app 2:a@web', '{3}', '0:a 1:a@web/x 2:b@web', 'this channel; without one it does not pass'),
    ('a@web/*', '0:a@web 1:a@web/x', '{2}', '0:a@web 1:a@webx/y', 'below this channel'),
    ('.@web', '0:a 1:b@web', '{2}', '0:web 1:a@app', 'the channel, not the event'),
    ('a:score<6', '0:a=6 1:a=5', '{2}', '0:a=6 1:a 2:b=1 3:a#1', 'below; without a score it does not pass'),
    ('a:score<=6', '0:a=7 1:a=6', '{2}', '0:a=7 1:a', 'the bound belongs'),
    ('a:score=6', '0:a=5 1:a=7 2:a=6', '{3}', '0:a=5 1:a=7 2:a', 'equal'),
    ('a:score>=6', '0:a=5 1:a=6', '{2}', '0:a=5 1:a', 'the bound belongs'),
    ('a:score>6', '0:a=6 1:a=7', '{2}', '0:a=6 1:a 2:a#9', 'above; a value is no score'),
    ('a:value>0.5', '0:a#0.5 1:a#0.75', '{2}', '0:a#0.5 1:a=1', 'above; a score is no value'),
    ('a:value>1:value<3:score=1', '0:a#2 1:a#2=1', '{2}', '0:a#1=1 1:a#3=1 2:a#2=2', 'all tests count'),
    ('a -> b', '0:a 1:c 2:a 3:b', '{3,4}', '0:a 1:c 2:b', 'the very next touchpoint'),
    ('a ~> b', '0:b 1:a 2:c 3:b', '{2,4}', '0:b 1:c 2:a', 'later, with anything between'),
    ('b -> a', '0:b 1:a', '{1,2}', '0:b 0:a', 'at one instant the order is by name'),
    ('a ~> a', '0:a 1:b 2:a', '{1,3}', '0:a 1:b', 'one touchpoint fills one place'),
    ('a ~>{<= 2 hours} b', '0:a 1:a 3:b', '{2,3}', '0:a 2.0001:b', 'the bound belongs'),
    ('a ~>{< 2 hours} b', '0:a 0.5:a 2:b', '{2,3}', '0:a 2:b', 'the bound does not belong'),
    ('a ~>{>= 2 hours} b', '0:a 1:b 2:b', '{1,3}', '0:a 1.9999:b', 'the bound belongs'),
    ('a ~>{> 2 hours} b', '0:a 2:b 2.5:b', '{1,3}', '0:a 2:b', 'the bound does not belong'),
    ('a ~>{> 1 h, <= 2 h} b', '0:a 1:b 2:b', '{1,3}', '0:a 1:b 2.5:b', 'both'),
    ('a ->{<= 1 hour} b', '0:a 1:a 2:b', '{2,3}', '0:a 0.1:c 0.2:b 1:a 3:b', 'next and in time'),
    ('a ->{> 0 s} b', '0:a 0.001:b', '{1,2}', '0:a 0:b', 'not at the same instant'),
    ('a ~> b ~>{<= 1 h} c', '0:a 1:b 3:b 4:c', '{1,3,4}', '0:a 1:b 2.5:c', 'time since the place before; the second b serves'),
    ('a ~>{without x} b', '0:a 1:x 2:a 3:c 4:b', '{3,5}', '0:a 1:x 2:b', 'no x between the two'),
    ('a ~>{without x} b', '0:x 1:a 2:b 3:x', '{2,3}', '0:a 0:x 1:b', 'an x of the same instant stands between in the order by name'),
    ('a ~>{without a|b} b', '0:a 1:a 2:b 3:b', '{2,3}', '0:a 1:a/x', 'the two themselves do not count'),
    ('a ~>{without x/*} b', '0:a 1:x 2:b', '{1,3}', '0:a 1:x/y 2:b', 'x is not below x'),
    ('a ~>{<= 2 h, without x} b', '0:a 1:x 2:a 3:b', '{3,4}', '0:a 0.5:a 1:x 2:b 2.5:c 3.1:b', 'both: after the x no b follows an a'),
    ('a ~>{without x} b ~> c', '0:a 1:b 2:x 3:c', '{1,2,4}', '0:a 1:x 2:b 3:c', 'between these two only'),
    ('a+ -> b', '0:c 1:a 2:a 3:b', '{2,3,4}', '0:a 1:a 2:c 3:b', 'next to each other; as many as stand before the b, from the earliest'),
    ('a+', '0:a 1:a', '{1}', '0:b', 'as few as can be'),
    ('a+$', '0:a 1:a', '{1,2}', '0:a 1:a 2:b', 'the end asks for more'),
    ('a -> b? -> c', '0:a 1:c', '{1,2}', '0:a 1:d 2:c', 'b or nothing'),
    ('a -> b? -> c', '0:a 1:b 2:c', '{1,2,3}', '0:a 1:b 2:b 3:c', 'once'),
    ('a ~> b? -> c', '0:a 1:c', '{1,2}', '0:a 1:d 2:c', 'without b its link goes: a -> c'),
    ('a ~> b? -> c', '0:a 1:d 2:b 3:c', '{1,3,4}', '0:a 1:d 2:b 3:d 4:c', 'with b there may be others before it'),
    ('a -> b? ~> c', '0:a 1:d 2:c', '{1,3}', '0:c 1:a', 'the link in front of c counts'),
    ('a? -> b', '0:b', '{1}', '0:a', 'nothing before: no link'),
    ('a{2}', '0:a 1:b 2:a 3:a', '{3,4}', '0:a 1:b 2:a', 'next to each other'),
    ('b -> a{2,3} -> b', '0:b 1:a 2:a 3:a 4:b', '{1,2,3,4,5}', '0:b 1:a 2:b 3:a 4:a 5:a 6:a 7:b', 'neither one nor four'),
    ('b -> a{2,} -> b', '0:b 1:a 2:a 3:a 4:a 5:b', '{1,2,3,4,5,6}', '0:b 1:a 2:b', 'two or more'),
    ('b -> a{0,1} -> c', '0:b 1:c', '{1,2}', '0:b 1:a 2:a 3:c', 'at most one'),
    ('b -> a{0,} -> c', '0:b 1:a 2:a 3:c', '{1,2,3,4}', '0:b 1:a 2:d 3:c', 'any number, nothing else'),
    ('(a -> b){2}', '0:a 1:b 2:a 3:b', '{1,2,3,4}', '0:a 1:b 2:c 3:a 4:b', 'copies of a group follow each other'),
    ('(a ~> b){2}', '0:a 1:c 2:b 3:a 4:b', '{1,3,4,5}', '0:a 1:b 2:c 3:a 4:b', 'the same; inside there may be others'),
    ('(a | b -> c) ~> d', '0:b 1:c 2:d', '{1,2,3}', '0:b 1:d', 'one of several'),
    ('(a -> a)@web', '0:a 1:a@web 2:a@web', '{2,3}', '0:a@web 1:a', 'a test of a group counts inside everywhere'),
    ('(a@web | b)@web/*', '0:b@web/x', '{1}', '0:a@web 1:b@web', 'and is added to what is there'),
    ('(a | b):score>5', '0:a=5 1:b=6', '{2}', '0:a=5 1:b', 'of any kind'),
    ('^a', '0:a 1:b', '{1}', '0:b 1:a', 'the first of the journey'),
    ('^a ~> b$', '0:a 1:b 2:b', '{1,3}', '0:a 1:b 2:c', 'from the first to the last'),
    ('a$', '0:a 1:a', '{2}', '0:a 1:b', 'the last of the journey'),
    ('(^a | b) -> c', '0:b 1:a 2:b 3:c', '{3,4}', '0:b 1:a 2:c', 'in a group, of its branch'),
    ('a ~> (b$ | c)', '0:a 1:b 2:b', '{1,3}', '0:a 1:b 2:d', 'the same at the end'),
    ('a ~> b ~> c within 3 h', '0:a 1:a 2:b 4:c', '{2,3,4}', '0:a 2:b 3.0001:c', 'from the first to the last'),
    ('a ~> (b ~> c within 1 h)', '0:a 5:b 6:c', '{1,2,3}', '0:a 1:b 2.5:c', 'of the group'),
    ('(a ~> b within 1 h) ~> c', '0:a 1:b 9:c', '{1,2,3}', '0:a 1.5:b 2:c', 'of the group'),
    ('a -> b within 0 s', '0:a 0:b', '{1,2}', '0:a 0.001:b', 'at one instant'),
    ('(a+)+ -> b', '0:a 1:a 2:a 3:b', '{1,2,3,4}', '0:a 1:a 2:a 3:c', 'repetitions of repetitions');
SELECT count(*) AS examples, count(*) FILTER (WHERE hit <> '') AS with_match FROM example;
-- ords differ from those derived by hand, @~ or journey_count disagrees, or what it should miss is found: none.
SELECT pattern, hit, ords, (m).ords AS found, miss, (journey_match(made(miss), pattern)).ords AS not_missed
FROM example, LATERAL (SELECT journey_match(made(hit), pattern) AS m) x
WHERE (m).ords IS DISTINCT FROM ords OR made(hit) @~ pattern IS DISTINCT FROM (ords IS NOT NULL) OR (journey_count(made(hit), pattern) > 0) IS DISTINCT FROM (ords IS NOT NULL)
   OR made(miss) @~ pattern OR journey_count(made(miss), pattern) <> 0 OR journey_match(made(miss), pattern) IS NOT NULL;
SELECT journey_agg('2024-01-01Z', 'a b') @~ '''a b''' AS quoted, journey_agg('2024-01-01Z', '') @~ '''''' AS empty_name, journey_agg('2024-01-01Z', 'within') @~ '''within''' AS word;

-- Which match: the earliest start (the a at 1.5 would end as early), the earliest end, then the smallest ords (the b at 2, not at 3).
SELECT m.*, journey_count(j, 'a ~> b ~> c') FROM made('0:x 1:a 1.5:a 2:b 3:b 4:c 5:c') j, journey_match(j, 'a ~> b ~> c') m;
-- The start at 1 has no match within the hour: the next one does.
SELECT m.ords, m.at FROM journey_match(made('0:a 1:a 1.5:b 1.75:b'), 'a ~> b within 1 hour') m;
-- A group of several branches: whichever ends first.
SELECT m.ords FROM journey_match(made('0:a 1:b 2:c 3:d'), '(a -> b -> c -> d | a ~> c)') m;
-- The smallest ords of the same start and end: 1, 2, 5, not 1, 3, 5; the shorter list where one begins like the other cannot be.
SELECT m.ords FROM journey_match(made('0:a 1:b 2:b 3:b 4:c'), 'a ~> b ~> c') m;
SELECT m.started_at, m.ended_at, m.ords, m.at FROM journey_match(made('0:a 0:a 0:b'), 'a ~> b') m;

-- No overlap: behind the end of each match the next begins.
SELECT p, journey_count(made('0:a 1:a 2:a 3:a 4:a 5:b 6:a 7:b'), p::journey_pattern)
FROM unnest(ARRAY['a', '.', 'a -> a', 'a ~> a', 'a{3}', 'a+', 'a+ -> b', 'a ~> b', 'a -> b', '^a', 'b$', '^a ~> b$', '. -> . -> .', 'c']) p;

--
-- Where patterns come from
--

CREATE TABLE journeys AS SELECT n, made(string_agg(format('%s:%s', i, chr(97 + (hashint4(n * 100 + i) & 1023) % 4)), ' ')) AS j
FROM generate_series(1, 200) n, generate_series(1, 6) i GROUP BY n;
CREATE TABLE asked (i int GENERATED ALWAYS AS IDENTITY, p journey_pattern);
INSERT INTO asked (p) VALUES ('a -> b'), ('a ~> b'), ('^a'), (NULL), ('c$'), ('a ~>{<= 2 hours} c'), ('a ~> b within 3 hours'), ('d+ -> .'), ('a -> b');
-- By literal, once each.
CREATE FUNCTION by_literal(p journey_pattern) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
    c bigint;
BEGIN
    EXECUTE format('SELECT count(*) FILTER (WHERE j @~ %1$L), sum(journey_count(j, %1$L)) FROM journeys', p) INTO n, c;
    RETURN n * 100000 + c;
END $$;
CREATE TABLE want AS SELECT DISTINCT p, by_literal(p) AS n FROM asked WHERE p IS NOT NULL;
SELECT count(*) AS patterns, count(DISTINCT n) AS different, min(n) > 100000 AS all_found FROM want;
-- Another pattern for every row, and for every journey: the function keeps the last one that it saw.
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off;
SELECT count(*) AS asked, count(*) FILTER (WHERE x.n = want.n) AS same
FROM (SELECT i, p, count(*) FILTER (WHERE j @~ p) * 100000 + sum(journey_count(j, p)) AS n
      FROM (SELECT j, i, p FROM journeys, asked ORDER BY n, i) r GROUP BY i, p) x JOIN want USING (p);
SELECT count(*) FILTER (WHERE j @~ p IS NULL) AS "null", count(*) FILTER (WHERE journey_match(j, p) IS NULL) AS no_match_or_null,
       count(*) FILTER (WHERE (journey_match(j, p) IS NOT NULL) IS DISTINCT FROM coalesce(j @~ p, false)) AS disagree FROM asked, journeys;
RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_material;
-- Patterns that are out of line and compressed.
SELECT count(*) AS rows, bool_and(j @~ p = j @~ 'a ~> b') AS same FROM journeys, pattern WHERE pattern.n = 12 AND NOT j @~ 'c';
-- In a loop of PL/pgSQL: one expression, many patterns.
CREATE FUNCTION by_loop() RETURNS TABLE (p journey_pattern, n bigint) LANGUAGE plpgsql AS $$
DECLARE
    row journeys;
BEGIN
    FOR p IN SELECT DISTINCT a.p FROM asked a WHERE a.p IS NOT NULL ORDER BY 1 LOOP
        n := 0;
        FOR row IN SELECT * FROM journeys LOOP
            IF row.j @~ p THEN n := n + 100000; END IF;
            n := n + journey_count(row.j, p);
        END LOOP;
        RETURN NEXT;
    END LOOP;
END $$;
SELECT count(*) AS patterns, count(*) FILTER (WHERE x.n = want.n) AS same FROM by_loop() x JOIN want USING (p);
-- Prepared, with the plan for each value and with the one for all.
PREPARE ask(journey_pattern) AS SELECT count(*) FILTER (WHERE j @~ $1) * 100000 + sum(journey_count(j, $1)) = (SELECT n FROM want WHERE p = $1) AS same FROM journeys;
SET plan_cache_mode = force_custom_plan;
EXECUTE ask('a -> b');
EXECUTE ask('^a');
SET plan_cache_mode = force_generic_plan;
EXECUTE ask('a -> b');
EXECUTE ask('a ~> b within 3 hours');
EXECUTE ask('^a');
EXECUTE ask(NULL);
RESET plan_cache_mode;
DEALLOCATE ask;
-- In parallel.
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SELECT plan_shows('SELECT count(*) FROM journeys WHERE j @~ ''a -> b''', 'Gather') AS parallel;
SELECT (SELECT count(*) FROM journeys WHERE j @~ 'a -> b') * 100000 + (SELECT sum(journey_count(j, 'a -> b')) FROM journeys) = n AS same FROM want WHERE p = 'a -> b';
SET max_parallel_workers_per_gather = 0;

--
-- Random journeys: all matches, as joins give them
--

\set seed 0.31
\echo seed :seed
SELECT setseed(:seed);
-- 400 of hours with ties and channels, 200 of days around the ends of months.
CREATE TABLE random_journey AS
SELECT c, journey_agg(CASE WHEN c <= 400 THEN timestamptz '2024-01-01Z' + floor(random() * 30) * interval '30 minutes'
                           ELSE timestamptz '2023-01-27Z' + (c % 4) * interval '1 year' + floor(random() * 70) * interval '1 day' END,
                      (ARRAY['a', 'a', 'b', 'b', 'c', 'd/e'])[1 + floor(random() * 6)], (ARRAY['web', 'app', NULL])[1 + floor(random() * 3)]) AS j
FROM generate_series(1, 600) c, generate_series(1, 14) i WHERE i <= 2 + c % 13 GROUP BY c;
-- Apart from journey_match, which is asked of j, everything below sees the rows only.
CREATE TABLE t AS SELECT c, p.ord, p.at, p.event, p.channel, max(p.ord) OVER (PARTITION BY c) AS last FROM random_journey, touchpoints(j) p;
CREATE INDEX ON t (c, ord);
ANALYZE t;

-- found: all matches of a pattern, (c, ords). The first is the one with the earliest start, end and smallest ords; the next begins behind its end.
CREATE FUNCTION compare(pattern journey_pattern, matches text, OUT with_match bigint, OUT differ bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TEMP TABLE found ON COMMIT DROP AS SELECT DISTINCT * FROM (%s) f(c, ords)', matches);
    CREATE INDEX ON found (c);
    SELECT count(*) FILTER (WHERE first.ords IS NOT NULL),
           count(*) FILTER (WHERE (journey_match(j, pattern)).ords IS DISTINCT FROM first.ords OR j @~ pattern <> (first.ords IS NOT NULL) OR journey_count(j, pattern) <> times.n)
    INTO with_match, differ
    FROM random_journey
    LEFT JOIN LATERAL (SELECT ords FROM found WHERE found.c = random_journey.c ORDER BY ords[1], ords[cardinality(ords)], ords LIMIT 1) first ON true
    CROSS JOIN LATERAL (
        WITH RECURSIVE one(n, ended) AS (
            SELECT 0, 0
            UNION ALL
            SELECT n + 1, next.ended
            FROM one CROSS JOIN LATERAL (SELECT ords[cardinality(ords)] AS ended FROM found WHERE found.c = random_journey.c AND ords[1] > one.ended ORDER BY ords[1], ended LIMIT 1) next)
        SELECT max(n) AS n FROM one) times;
    DROP TABLE found;
END $$;
SELECT pattern, with_match > 20 AS with_match, with_match < 600 AS without, differ
FROM (VALUES
    (1, 'a -> b', 'SELECT c, ARRAY[ord, ord + 1] FROM (SELECT *, lead(event) OVER w AS next FROM t WINDOW w AS (PARTITION BY c ORDER BY ord)) x WHERE event = ''a'' AND next = ''b'''),
    (2, 'b -> a -> b', 'SELECT c, ARRAY[ord, ord + 1, ord + 2] FROM (SELECT *, lead(event) OVER w AS n1, lead(event, 2) OVER w AS n2 FROM t WINDOW w AS (PARTITION BY c ORDER BY ord)) x WHERE event = ''b'' AND n1 = ''a'' AND n2 = ''b'''),
    (3, 'a -> . -> [^a|b]', 'SELECT c, ARRAY[ord, ord + 1, ord + 2] FROM (SELECT *, lead(event, 2) OVER w AS n2 FROM t WINDOW w AS (PARTITION BY c ORDER BY ord)) x WHERE event = ''a'' AND n2 NOT IN (''a'', ''b'')'),
    (4, 'a -> a', 'SELECT c, ARRAY[ord, ord + 1] FROM (SELECT *, lead(event) OVER w AS next FROM t WINDOW w AS (PARTITION BY c ORDER BY ord)) x WHERE event = ''a'' AND next = ''a'''),
    (5, 'a@web -> .@web', 'SELECT c, ARRAY[ord, ord + 1] FROM (SELECT *, lead(channel) OVER w AS next FROM t WINDOW w AS (PARTITION BY c ORDER BY ord)) x WHERE event = ''a'' AND channel = ''web'' AND next = ''web'''),
    (6, 'd/* ->{<= 1 hour} a', 'SELECT c, ARRAY[ord, ord + 1] FROM (SELECT *, lead(event) OVER w AS next, lead(at) OVER w AS later FROM t WINDOW w AS (PARTITION BY c ORDER BY ord)) x WHERE event = ''d/e'' AND next = ''a'' AND later <= at + ''1 hour'''),
    (7, '^a -> b', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE x.ord = 1 AND x.event = ''a'' AND y.ord = 2 AND y.event = ''b'''),
    (8, 'a ~> b$', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE x.ord < y.ord AND x.event = ''a'' AND y.event = ''b'' AND y.ord = y.last'),
    (9, 'a ~> b', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE x.ord < y.ord AND x.event = ''a'' AND y.event = ''b'''),
    (10, 'a ~> b ~> c', 'SELECT c, ARRAY[x.ord, y.ord, z.ord] FROM t x JOIN t y USING (c) JOIN t z USING (c) WHERE x.ord < y.ord AND y.ord < z.ord AND x.event = ''a'' AND y.event = ''b'' AND z.event = ''c'''),
    (11, '. ~> [a|c] ~> .', 'SELECT c, ARRAY[x.ord, y.ord, z.ord] FROM t x JOIN t y USING (c) JOIN t z USING (c) WHERE x.ord < y.ord AND y.ord < z.ord AND y.event IN (''a'', ''c'')'),
    (12, 'a ~>{<= 2 hours} b', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE x.ord < y.ord AND x.event = ''a'' AND y.event = ''b'' AND y.at <= x.at + ''2 hours'''),
    (13, 'a ~>{> 2 hours, < 5 hours} b', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE x.ord < y.ord AND x.event = ''a'' AND y.event = ''b'' AND y.at > x.at + ''2 hours'' AND y.at < x.at + ''5 hours'''),
    (14, 'a ~>{>= 1 h} b ~>{< 3 h} a', 'SELECT c, ARRAY[x.ord, y.ord, z.ord] FROM t x JOIN t y USING (c) JOIN t z USING (c) WHERE x.ord < y.ord AND y.ord < z.ord AND x.event = ''a'' AND y.event = ''b'' AND z.event = ''a'' AND y.at >= x.at + ''1 hour'' AND z.at < y.at + ''3 hours'''),
    (15, 'a ~> b ~> c within 5 hours', 'SELECT c, ARRAY[x.ord, y.ord, z.ord] FROM t x JOIN t y USING (c) JOIN t z USING (c) WHERE x.ord < y.ord AND y.ord < z.ord AND x.event = ''a'' AND y.event = ''b'' AND z.event = ''c'' AND z.at <= x.at + ''5 hours'''),
    (16, 'b ~>{without a} b', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE x.ord < y.ord AND x.event = ''b'' AND y.event = ''b'' AND NOT EXISTS (SELECT FROM t n WHERE n.c = x.c AND n.ord > x.ord AND n.ord < y.ord AND n.event = ''a'')'),
    (17, 'a ~>{<= 4 hours, without c|d/*} b ~> a', 'SELECT c, ARRAY[x.ord, y.ord, z.ord] FROM t x JOIN t y USING (c) JOIN t z USING (c) WHERE x.ord < y.ord AND y.ord < z.ord AND x.event = ''a'' AND y.event = ''b'' AND z.event = ''a'' AND y.at <= x.at + ''4 hours'' AND NOT EXISTS (SELECT FROM t n WHERE n.c = x.c AND n.ord > x.ord AND n.ord < y.ord AND n.event IN (''c'', ''d/e''))'),
    (18, 'a ~>{<= 1 month} b', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE x.ord < y.ord AND x.event = ''a'' AND y.event = ''b'' AND y.at <= x.at + ''1 month'''),
    (19, 'a ~>{>= 1 month, < 1 month 15 days} b', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE x.ord < y.ord AND x.event = ''a'' AND y.event = ''b'' AND y.at >= x.at + ''1 month'' AND y.at < x.at + ''1 month 15 days'''),
    (20, 'a ~> a ~> b within 1 month', 'SELECT c, ARRAY[x.ord, y.ord, z.ord] FROM t x JOIN t y USING (c) JOIN t z USING (c) WHERE x.ord < y.ord AND y.ord < z.ord AND x.event = ''a'' AND y.event = ''a'' AND z.event = ''b'' AND z.at <= x.at + ''1 month'''),
    (21, '(a | c -> b) ~> d/*', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE x.ord < y.ord AND x.event = ''a'' AND y.event = ''d/e'' UNION ALL SELECT c, ARRAY[x.ord, y.ord, z.ord] FROM t x JOIN t y USING (c) JOIN t z USING (c) WHERE y.ord = x.ord + 1 AND y.ord < z.ord AND x.event = ''c'' AND y.event = ''b'' AND z.event = ''d/e'''),
    (22, 'a -> b? -> c', 'SELECT c, ARRAY[x.ord, y.ord] FROM t x JOIN t y USING (c) WHERE y.ord = x.ord + 1 AND x.event = ''a'' AND y.event = ''c'' UNION ALL SELECT c, ARRAY[x.ord, y.ord, z.ord] FROM t x JOIN t y USING (c) JOIN t z USING (c) WHERE y.ord = x.ord + 1 AND z.ord = y.ord + 1 AND x.event = ''a'' AND y.event = ''b'' AND z.event = ''c''')
) v(n, pattern, found), compare(pattern::journey_pattern, found) ORDER BY n;

-- The day is clamped to the end of the month: 31 January and a month is 29 February 2024, 28 February 2023. 29 February and 12 months is 28 February.
SELECT a, p, b, journey_agg(at, event) @~ p::journey_pattern AS matches
FROM (VALUES ('2024-01-31 10:00Z', 'a -> b within 1 month', '2024-02-29 10:00:00Z'), ('2024-01-31 10:00Z', 'a -> b within 1 month', '2024-02-29 10:00:00.000001Z'),
             ('2023-01-31 10:00Z', 'a -> b within 1 month', '2023-02-28 10:00:00Z'), ('2023-01-31 10:00Z', 'a -> b within 1 month', '2023-03-01 00:00:00Z'),
             ('2024-01-31 10:00Z', 'a ~>{> 1 month} b', '2024-02-29 10:00:00Z'), ('2024-01-31 10:00Z', 'a ~>{> 1 month} b', '2024-02-29 10:00:01Z'),
             ('2024-02-29 10:00Z', 'a ~>{<= 1 year} b', '2025-02-28 10:00:00Z'), ('2024-02-29 10:00Z', 'a ~>{<= 1 year} b', '2025-02-28 10:00:00.000001Z'),
             ('2024-01-31 10:00Z', 'a ~>{<= 1 month 1 day} b', '2024-03-01 10:00:00Z'), ('2024-01-31 10:00Z', 'a ~>{<= 1 month 1 day} b', '2024-03-01 10:00:01Z')) v(a, p, b),
     LATERAL (VALUES (a::timestamptz, 'a'), (b::timestamptz, 'b')) t(at, event)
GROUP BY a, p, b ORDER BY a, p, b;
-- In UTC, whatever the session says: 01:00 on 1 March in Berlin is still 29 February.
SET timezone = 'Europe/Berlin';
SELECT journey_agg(at, event) @~ 'a -> b within 1 month' AS in_utc FROM (VALUES ('2024-01-31 23:30Z'::timestamptz, 'a'), ('2024-02-29 23:30Z', 'b')) t(at, event);
SELECT journey_agg(at, event) @~ 'a ~>{> 1 month} b' AS past FROM (VALUES ('2024-01-31 23:30Z'::timestamptz, 'a'), ('2024-02-29 23:30:01Z', 'b')) t(at, event);
SET timezone = 'UTC';

SET client_min_messages = error;
DROP SCHEMA test_journey_pattern CASCADE;
