-- The type cx_summary: text, jsonb and binary forms, what they refuse, order
-- and hash, one form for equal values, storage.

CREATE SCHEMA test_index_summary;
SET search_path = test_index_summary, public;

-- What a statement raises: its SQLSTATE and message, and where asked its detail.
CREATE FUNCTION failure(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text;
	state text;
BEGIN
	EXECUTE statement;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, state = RETURNED_SQLSTATE;
	RETURN state || ': ' || message;
END $$;
CREATE FUNCTION bad_text(input text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	state text;
BEGIN
	RETURN 'accepted: ' || input::cx_summary::text;
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, state = RETURNED_SQLSTATE;
	RETURN state || ': ' || detail;
END $$;

--
-- Text
--

-- Counted by hand. Sorted: ease 4 4 5, emotion 3 - 1, function 5 4 2. Products of
-- (ease, emotion): respondents 1 and 3, scores from the lowest (3,2) (4,0), signs (1,0) (1,-1);
-- of (ease, function): (3,4) (3,3) (4,1), signs (1,1) (1,1) (1,-1);
-- of (emotion, function): (2,4) (0,1), signs (0,1) (-1,-1).
CREATE TEMP TABLE three (id int, scores int[]);
INSERT INTO three VALUES (1, '{5,4,3}'), (2, '{4,4,NULL}'), (3, '{2,5,1}');
SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5) AS wide FROM three;
SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5)::text =
	'{"dimensions": [{"dimension": "ease", "scale": [1, 5], "counts": {"4": 2, "5": 1}}, '
	'{"dimension": "emotion", "scale": [1, 5], "counts": {"1": 1, "3": 1}}, '
	'{"dimension": "function", "scale": [1, 5], "counts": {"2": 1, "4": 1, "5": 1}}], '
	'"cross_products": [[2, 7, 2, 6, 2, -1, -1], [3, 10, 8, 25, 3, 1, 1], [2, 2, 5, 8, -1, 0, 1]]}' AS ok
FROM three;

-- Weights 2, 1 and 0.5: sums of w, sums of w^2 and products with w^2 = 4, 1, 0.25, by hand.
SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5, 2.0 ^ (2 - id)) AS weighted FROM three;
SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5, 2.0 ^ (2 - id))::text =
	'{"dimensions": [{"dimension": "ease", "scale": [1, 5], "counts": {"4": 2, "5": 1}, '
	'"weights": {"4": 3, "5": 0.5}, "squared_weights": {"4": 5, "5": 0.25}}, '
	'{"dimension": "emotion", "scale": [1, 5], "counts": {"1": 1, "3": 1}, '
	'"weights": {"1": 0.5, "3": 2}, "squared_weights": {"1": 0.25, "3": 4}}, '
	'{"dimension": "function", "scale": [1, 5], "counts": {"2": 1, "4": 1, "5": 1}, '
	'"weights": {"2": 0.5, "4": 1, "5": 2}, "squared_weights": {"2": 0.25, "4": 1, "5": 4}}], '
	'"cross_products": [[4.25, 13, 8, 24, 4.25, -0.25, -0.25], '
	'[5.25, 16, 19.25, 58, 5.25, 4.75, 4.75], [4.25, 8, 16.25, 32, -0.25, 3.75, 0.25]]}' AS ok
FROM three;

-- One dimension has no pair, the long form no products at all.
SELECT cx_agg(ARRAY['ease'], ARRAY[score], 1, 5) AS wide, cx_agg('ease', score, 1, 5) AS long
FROM (VALUES (4), (5), (4)) v(score);

-- Values of every kind
CREATE TEMP TABLE kinds (kind text PRIMARY KEY, s cx_summary);
INSERT INTO kinds
	SELECT 'wide', cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5) FROM three UNION ALL
	SELECT 'wide weighted', cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5, id / 3.0) FROM three UNION ALL
	SELECT 'wide, one dimension', cx_agg(ARRAY['ease'], scores[2:2], 1, 5) FROM three UNION ALL
	SELECT 'wide, nobody answered two', cx_agg(ARRAY['a', 'b'], CASE WHEN id = 1 THEN ARRAY[1, NULL] ELSE ARRAY[NULL, 5] END, 1, 5) FROM three UNION ALL
	SELECT 'long', cx_agg(dimension, score, 1, 5) FROM three, unnest(ARRAY['function', 'ease', 'emotion'], scores) u(dimension, score) UNION ALL
	SELECT 'long weighted', cx_agg(dimension, score, 1, 5, 1 / (id + 0.1)) FROM three, unnest(ARRAY['function', 'ease', 'emotion'], scores) u(dimension, score) UNION ALL
	SELECT 'the whole scale', cx_agg(ARRAY['low', 'high'], ARRAY[-i, i], -100, 100) FROM generate_series(-100, 100) i UNION ALL
	SELECT 'below zero', cx_agg('x', i, -5, -2) FROM generate_series(-5, -2) i UNION ALL
	SELECT 'two scales', cx_agg(ARRAY[CASE WHEN i < 6 THEN 'five' ELSE 'ten' END], ARRAY[i], 0, 10) FROM generate_series(0, 10) i UNION ALL
	SELECT 'past 32 bits', '{"dimensions": [{"dimension": "a", "scale": [0, 10], "counts": {"3": 4294967296, "4": 9000000000000000000}}]}'::cx_summary UNION ALL
	SELECT 'weights from 1e-22 to 1e22', cx_agg('x', 2 + i, 1, 5, 10.0 ^ (22 * i)) FROM generate_series(-1, 1) i UNION ALL
	SELECT 'nothing', '{"dimensions": []}'::cx_summary;

-- Each reads back to itself through text, jsonb and text of jsonb.
SELECT kind, s::text::cx_summary = s AS by_text, s::jsonb::cx_summary = s AS by_jsonb,
	jsonb_pretty(s::jsonb)::cx_summary = s AS by_pretty, s::text::cx_summary::text = s::text AS same_text,
	cx_summary_hash(s::text::cx_summary) = cx_summary_hash(s) AS same_hash
FROM kinds ORDER BY kind COLLATE "C";

-- jsonb spells numbers out; what weights may be (1.5e-154 to 1.3e154) has to survive that.
SELECT weight, failure(format('SELECT 1 / (s::jsonb::cx_summary = s)::int FROM (SELECT cx_agg(''x'', 3, 1, 5, %s) s) t', weight)) = 'no error' AS by_jsonb
FROM unnest('{1e-100, 1.234567e-25, 1e40, 1e100}'::text[]) weight;

-- As a JSON value
SELECT s::jsonb -> 'dimensions' -> 0 -> 'counts' AS ease, jsonb_array_length(s::jsonb -> 'cross_products') AS pairs
FROM kinds WHERE kind = 'wide';

-- The members of a dimension come in any order, white space is free, answers may be none.
SELECT ' { "dimensions" : [ {"counts":{"5":1,"4":2} , "scale" : [ 1 , 5 ],
	"dimension" : "ease" } ] } '::cx_summary = '{"dimensions": [{"dimension": "ease", "scale": [1, 5], "counts": {"4": 2, "5": 1}}]}' AS ok;
SELECT '{"dimensions": [{"squared_weights": {"4": 2.5}, "counts": {"4": 2}, "dimension": "ease", "weights": {"4": 2}, "scale": [1, 5]}]}'::cx_summary;

-- A dimension without answers is not kept.
SELECT '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {}}, {"dimension": "b", "scale": [1, 5], "counts": {"4": 2}}, {"dimension": "c", "scale": [1, 5], "counts": {"1": 2}}], "cross_products": [[0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0], [2, 6, 0, 0, 2, -2, -2]]}'::cx_summary;

--
-- Bad text
--

SELECT why, bad_text(input) FROM (VALUES
	(1, 'empty', ''),
	(2, 'not an object', '[]'),
	(3, 'null', 'null'),
	(4, 'nothing in it', '{}'),
	(5, 'not closed', '{"dimensions": []'),
	(6, 'more after it', '{"dimensions": []} x'),
	(7, 'unknown key', '{"dimension": []}'),
	(8, 'unknown key after', '{"dimensions": [], "products": []}'),
	(9, 'products first', '{"cross_products": [], "dimensions": []}'),
	(10, 'a third member', '{"dimensions": [], "cross_products": [], "x": 1}'),
	(11, 'dimensions of another kind', '{"dimensions": {}}'),
	(12, 'a dimension of another kind', '{"dimensions": ["ease"]}'),
	(13, 'a comma too many', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}}, ]}'),
	(14, 'no comma', '{"dimensions": [{"dimension": "a" "scale": [1, 5], "counts": {"5": 1}}]}'),
	(15, 'no name', '{"dimensions": [{"scale": [1, 5], "counts": {"5": 1}}]}'),
	(16, 'no scale', '{"dimensions": [{"dimension": "a", "counts": {"5": 1}}]}'),
	(17, 'no counts', '{"dimensions": [{"dimension": "a", "scale": [1, 5]}]}'),
	(18, 'the scale twice', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "scale": [1, 5], "counts": {"5": 1}}]}'),
	(19, 'the name twice', '{"dimensions": [{"dimension": "a", "dimension": "a", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(20, 'the counts twice', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}, "counts": {"4": 1}}]}'),
	(21, 'unknown member', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}, "mean": 5}]}'),
	(22, 'a dimension twice', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}}, {"dimension": "a", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(23, 'not sorted', '{"dimensions": [{"dimension": "b", "scale": [1, 5], "counts": {"5": 1}}, {"dimension": "a", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(24, 'score above the scale', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"6": 1}}]}'),
	(25, 'score below the scale', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"0": 1}}]}'),
	(26, 'a fraction of a score', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4.5": 1}}]}'),
	(27, 'a score twice', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": 1, "4": 1}}]}'),
	(28, 'count of 0', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": 0}}]}'),
	(29, 'count below 0', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": -1}}]}'),
	(30, 'a fraction of a count', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": 1.5}}]}'),
	(31, 'count past 64 bits', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": 9223372036854775808}}]}'),
	(32, 'scale the wrong way', '{"dimensions": [{"dimension": "a", "scale": [5, 1], "counts": {"4": 1}}]}'),
	(33, 'scale of one score', '{"dimensions": [{"dimension": "a", "scale": [5, 5], "counts": {"5": 1}}]}'),
	(34, 'scale past -100..100', '{"dimensions": [{"dimension": "a", "scale": [0, 101], "counts": {"5": 1}}]}'),
	(35, 'scale past 64 bits', '{"dimensions": [{"dimension": "a", "scale": [0, 9223372036854775808], "counts": {"5": 1}}]}'),
	(36, 'scale of three numbers', '{"dimensions": [{"dimension": "a", "scale": [1, 3, 5], "counts": {"5": 1}}]}'),
	(37, 'scale of fractions', '{"dimensions": [{"dimension": "a", "scale": [1.0, 5.0], "counts": {"5": 1}}]}'),
	(38, 'one sum of weights', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}, "weights": {"5": 1}}]}'),
	(39, 'weights elsewhere', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}, "weights": {"4": 1}, "squared_weights": {"4": 1}}]}'),
	(40, 'weight below 0', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}, "weights": {"5": -1}, "squared_weights": {"5": 1}}]}'),
	(41, 'sums of no weights', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 2}, "weights": {"5": 2}, "squared_weights": {"5": 1.9}}]}'),
	(42, 'weight NaN', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}, "weights": {"5": NaN}, "squared_weights": {"5": 1}}]}'),
	(43, 'weight infinite', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}, "weights": {"5": 1e309}, "squared_weights": {"5": 1}}]}'),
	(44, 'weights in one dimension only', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}, "weights": {"5": 1}, "squared_weights": {"5": 1}}, {"dimension": "b", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(45, 'weights in the other only', '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"5": 1}}, {"dimension": "b", "scale": [1, 5], "counts": {"5": 1}, "weights": {"5": 1}, "squared_weights": {"5": 1}}]}'),
	(46, 'name empty', '{"dimensions": [{"dimension": "", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(47, 'name a number', '{"dimensions": [{"dimension": 1, "scale": [1, 5], "counts": {"5": 1}}]}'),
	(48, 'name with \u0000', '{"dimensions": [{"dimension": "a\u0000b", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(49, 'half a surrogate pair', '{"dimensions": [{"dimension": "\ud83d", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(50, 'the other half', '{"dimensions": [{"dimension": "\ude00", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(51, 'two first halves', '{"dimensions": [{"dimension": "\ud83d\ud83d", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(52, 'three hexadecimal digits', '{"dimensions": [{"dimension": "\u12", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(53, 'no such escape', '{"dimensions": [{"dimension": "\x41", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(54, 'a bare line end', E'{"dimensions": [{"dimension": "a\nb", "scale": [1, 5], "counts": {"5": 1}}]}'),
	(55, 'name not closed', '{"dimensions": [{"dimension": "a'),
	(56, 'name ends in a backslash', '{"dimensions": [{"dimension": "a\')
) v(n, why, input) ORDER BY n;

-- Products: two dimensions have one row of seven sums.
SELECT why, bad_text('{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"2": 1, "5": 2}}, '
	'{"dimension": "b", "scale": [1, 5], "counts": {"1": 1, "5": 1}}], "cross_products": ' || products || '}')
FROM (VALUES
	(1, 'possible', '[[2, 8, 4, 16, 2, 0, 0]]'),
	(2, 'none', '[]'),
	(3, 'an object', '{}'),
	(4, 'six', '[[2, 8, 4, 16, 2, 0]]'),
	(5, 'eight', '[[2, 8, 4, 16, 2, 0, 0, 0]]'),
	(6, 'two rows', '[[2, 8, 4, 16, 2, 0, 0], [2, 8, 4, 16, 2, 0, 0]]'),
	(7, 'a fraction', '[[2, 8, 4, 16.5, 2, 0, 0]]'),
	(8, 'past 64 bits', '[[2, 8, 4, 9223372036854775808, 2, 0, 0]]'),
	(9, 'more pairs than answers', '[[3, 8, 4, 16, 2, 0, 0]]'),
	(10, 'fewer than no pairs', '[[-1, 0, 0, 0, 0, 0, 0]]'),
	(11, 'sums without a pair', '[[0, 1, 0, 0, 0, 0, 0]]'),
	(12, 'first sum above the scale', '[[2, 9, 4, 16, 2, 0, 0]]'),
	(13, 'second sum above the scale', '[[2, 8, 9, 16, 2, 0, 0]]'),
	(14, 'a sum below 0', '[[2, 8, -1, 16, 2, 0, 0]]'),
	(15, 'product above the scales', '[[2, 8, 4, 33, 2, 0, 0]]'),
	(16, 'signs above 1', '[[2, 8, 4, 16, 3, 0, 0]]'),
	(17, 'signs below -1', '[[2, 8, 4, 16, 2, -3, 0]]'),
	(18, 'signs multiplied', '[[2, 8, 4, 16, 2, 0, 3]]')
) v(n, why, products) ORDER BY n;

-- Products that no respondents can give, though each lies within its own limits: u of 0
-- and 4 for all, so a sum of products of 16 where one factor is 0 throughout.
SELECT left(bad_text('{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"1": 2}}, '
	'{"dimension": "b", "scale": [1, 5], "counts": {"5": 2}}], "cross_products": [[2, 0, 8, 16, -2, 2, -2]]}'), 5) = '22P02' AS refused;

-- 255 bytes are a name, 256 are not; bytes, not letters.
SELECT name, octet_length(repeat(letter, n)) AS bytes,
	replace(bad_text('{"dimensions": [{"dimension": "' || repeat(letter, n) || '", "scale": [1, 5], "counts": {"5": 1}}]}'),
		repeat(letter, n), '..') AS result
FROM (VALUES ('a', 'a', 255), ('a', 'a', 256), ('e acute', U&'\00E9', 127), ('e acute', U&'\00E9', 128),
	('smile', U&'\+01F600', 63), ('smile', U&'\+01F600', 64), ('escaped smile', '\ud83d\ude00', 64)) v(name, letter, n);

-- Escapes are the letters they stand for.
SELECT input, s::text = '{"dimensions": [{"dimension": ' || output || ', "scale": [1, 5], "counts": {"5": 1}}]}' AS ok,
	s = s::text::cx_summary AS back, s = s::jsonb::cx_summary AS by_jsonb
FROM (SELECT input, output, ('{"dimensions": [{"dimension": "' || input || '", "scale": [1, 5], "counts": {"5": 1}}]}')::cx_summary
	FROM (VALUES ('\u0065ase', '"ease"'), ('\u00e9', U&'"\00E9"'), ('\u00E9', U&'"\00E9"'), ('\u20ac', U&'"\20AC"'),
		('\ud83d\ude00', U&'"\+01F600"'), ('\uD83D\uDE00!', U&'"\+01F600!"'),
		('\"\\\/', '"\"\\/"'), ('\b\f\n\r\t', '"\b\f\n\r\t"'), ('\u001f', '"\u001f"'), ('''; --', '"''; --"'), (' ', '" "')) v(input, output)
) t(input, output, s);

-- 32 dimensions, not 33.
SELECT n, left(bad_text((SELECT '{"dimensions": [' || string_agg(format('{"dimension": "d%s", "scale": [1, 5], "counts": {"5": 1}}', to_char(i, 'FM00')), ', ' ORDER BY i) || ']}'
	FROM generate_series(1, n) i)), 30) AS result
FROM (VALUES (32), (33)) v(n);

-- Responses have to fit 64 bits, and 32 of these are too many; with products 2^47.
SELECT failure($$SELECT '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": 9223372036854775807, "5": 1}}]}'::cx_summary$$);
SELECT failure($$SELECT '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": 9223372036854775806, "5": 1}}]}'::cx_summary$$);
SELECT failure($$SELECT '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"4": 1, "5": 1}, "weights": {"4": 1e154, "5": 1e154}, "squared_weights": {"4": 1e308, "5": 1e308}}]}'::cx_summary$$);

--
-- Binary
--

-- The bytes sent, written down by hand: version 1, flags, two bytes for the number of
-- dimensions; each: scale, four bytes for the length of the name, the name, a count of
-- eight bytes a score; then the products.
SELECT encode(cx_summary_send(s), 'hex') = '01020002'
	'00020000000161000000000000000000000000000000000000000000000002'
	'00020000000162000000000000000000000000000000010000000000000000'
	'0000000000000001000000000000000200000000000000010000000000000002'
	'000000000000000100000000000000000000000000000000' AS ok
FROM (SELECT cx_agg(ARRAY['a', 'b'], scores, 0, 2) FROM (VALUES (ARRAY[2, 1]), (ARRAY[2, NULL])) v(scores)) t(s);

-- With weights each score has its count, sum of w and sum of w^2: here 1, 0.5 and 0.25.
SELECT encode(cx_summary_send(s), 'hex') = '01010001'
	'ff010000000161000000000000000000000000000000000000000000000000'
	'00000000000000000000000000000000000000000000000000000000000000013fe00000000000003fd0000000000000' AS ok
FROM (SELECT cx_agg('a', 1, -1, 1, 0.5)) t(s);

-- Receives bytes as COPY BINARY does: what printf writes is a file with one row and one column.
CREATE TEMP TABLE received (s cx_summary);
CREATE FUNCTION receive(message bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	file bytea := '\x5047434f50590aff0d0a0000000000000000000001'::bytea || int4send(length(message)) || message || '\xffff'::bytea;
	octal text;
	detail text;
	state text;
BEGIN
	SELECT string_agg('\' || get_byte(file, i) / 64 || get_byte(file, i) / 8 % 8 || get_byte(file, i) % 8, '' ORDER BY i)
	INTO octal FROM generate_series(0, length(file) - 1) i;
	DELETE FROM received;
	EXECUTE format('COPY received FROM PROGRAM %L (FORMAT binary)', 'printf ''' || octal || '''');
	RETURN (SELECT s FROM received);
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, state = RETURNED_SQLSTATE;
	RETURN state || ': ' || coalesce(nullif(detail, ''), SQLERRM);
END $$;

CREATE FUNCTION receives_itself(sent cx_summary) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM receive(cx_summary_send(sent));
	RETURN (SELECT s = sent AND s::text = sent::text FROM received);
END $$;
SELECT kind, receives_itself(s) FROM kinds ORDER BY kind COLLATE "C";

-- A message that is cut anywhere, or goes on, is refused; each single byte changed gives a
-- value or an error, never anything else.
CREATE TEMP TABLE message AS
	SELECT cx_summary_send(cx_agg(ARRAY['a', 'b'], scores, 0, 2)) AS m FROM (VALUES (ARRAY[2, 1]), (ARRAY[2, NULL])) v(scores);
SELECT left(receive(substr(m, 1, n)), 5) AS result, count(*) FROM message, generate_series(0, length(m) - 1, 3) n GROUP BY 1;
SELECT receive(m || '\x00') FROM message;
SELECT DISTINCT left(receive(set_byte(m, n, 255)), 5) COLLATE "C" AS result FROM message, generate_series(0, length(m) - 1, 5) n ORDER BY 1;
SELECT why, receive(set_byte(m, place, value)) FROM message, (VALUES
	(1, 'version 2', 0, 2), (2, 'version 0', 0, 0),
	(3, 'the flag of 64-bit counts, not for sending', 1, 6), (4, 'an unknown flag', 1, 10), (5, 'weights that are not there', 1, 3),
	(6, '258 dimensions', 2, 1), (7, '33 dimensions', 3, 33), (8, 'one dimension', 3, 1), (9, 'three dimensions', 3, 3),
	(10, 'scale 2..2', 4, 2), (11, 'scale -101..2', 4, 155), (12, 'scale 0..101', 5, 101),
	(13, 'a long name', 6, 127), (14, 'a name below 0', 6, 255), (15, 'no name', 9, 0), (16, 'a name of NUL', 10, 0), (17, 'a name not in UTF-8', 10, 255),
	(18, 'the second name first', 10, 99), (19, 'the same name', 10, 98), (20, 'a count below 0', 11, 255), (21, 'pairs below 0', 66, 255), (22, 'a product below 0', 74, 255), (23, 'too many pairs', 73, 3),
	(24, 'no products', 1, 0)
) v(n, why, place, value) ORDER BY n;

-- The same with weights: the sums of score 2 of "a" stand at bytes 59 to 82, the products
-- from byte 162. NaN, infinity, below 0, too small and too large.
SELECT why, receive(overlay(m PLACING number FROM place + 1 FOR 8)) FROM
	(SELECT cx_summary_send(cx_agg(ARRAY['a', 'b'], scores, 0, 2, 0.5)) FROM (VALUES (ARRAY[2, 1]), (ARRAY[2, NULL])) v(scores)) t(m),
	(VALUES (1, 'no change', 67, float8send(1)), (2, 'weight NaN', 67, float8send('NaN')), (3, 'weight infinite', 67, float8send('Infinity')),
		(4, 'weight below 0', 67, float8send(-1)), (5, 'weight of 0', 67, float8send(0)), (6, 'square NaN', 75, float8send('NaN')),
		(7, 'square infinite', 75, float8send('Infinity')), (8, 'square too large', 75, float8send(1.1)), (9, 'square too small', 75, float8send(0.4)),
		(10, 'count of 0', 59, int8send(0)), (11, 'weights without a count', 35, float8send(1)),
		(12, 'pairs NaN', 162, float8send('NaN')), (13, 'pairs infinite', 162, float8send('Infinity')), (14, 'too many pairs', 162, float8send(1)),
		(15, 'product NaN', 186, float8send('NaN')), (16, 'product infinite', 186, float8send('Infinity')), (17, 'sign NaN', 194, float8send('NaN')), (18, 'product of signs NaN', 210, float8send('NaN'))
	) v(n, why, place, number) ORDER BY n;

--
-- Order and hash
--

-- A total order: every pair stands in one relation, and the operators agree with it.
SELECT count(*) AS pairs, bool_and((a.s = b.s) = (a.kind = b.kind)) AS equal_to_itself_only,
	bool_and((a.s < b.s)::int + (a.s = b.s)::int + (a.s > b.s)::int = 1) AS one_of_three,
	bool_and((a.s <= b.s) = (a.s < b.s OR a.s = b.s) AND (a.s >= b.s) = (b.s <= a.s) AND (a.s <> b.s) = NOT (a.s = b.s)) AS agree,
	bool_and(sign(cx_summary_cmp(a.s, b.s)) = (a.s > b.s)::int - (a.s < b.s)::int) AS compare
FROM kinds a, kinds b;
SELECT bool_and(c.s > a.s) AS transitive FROM kinds a JOIN kinds b ON b.s > a.s JOIN kinds c ON c.s > b.s;

-- The same by sorting, by hashing, by an index, by both joins.
CREATE TEMP TABLE twice AS SELECT s FROM kinds UNION ALL SELECT s::text::cx_summary FROM kinds;
SET enable_sort = off;
SELECT count(*) FROM (SELECT DISTINCT s FROM twice) t;
RESET enable_sort;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT DISTINCT s FROM twice) t;
RESET enable_hashagg;
SELECT count(*) FROM (SELECT s FROM twice GROUP BY s HAVING count(*) = 2) t;
SET enable_hashjoin = off; SET enable_nestloop = off;
SELECT count(*) FROM kinds JOIN twice USING (s);
RESET enable_hashjoin; SET enable_mergejoin = off;
SELECT count(*) FROM kinds JOIN twice USING (s);
RESET enable_mergejoin; RESET enable_nestloop;
CREATE UNIQUE INDEX ON kinds (s);
SELECT failure($$INSERT INTO kinds SELECT 'again', s FROM kinds WHERE kind = 'wide'$$) LIKE '23505%' AS unique_violation;
SELECT failure($$INSERT INTO kinds SELECT 'again', s::jsonb::cx_summary FROM kinds WHERE kind = 'long weighted'$$) LIKE '23505%' AS unique_violation;
SELECT bool_and(cx_summary_hash_extended(s, 0) & 4294967295 = cx_summary_hash(s)::bigint & 4294967295) AS seed_0_is_hash,
	bool_and(cx_summary_hash_extended(s, 1) <> cx_summary_hash_extended(s, 2)) AS seed_matters FROM kinds;

--
-- One form for equal values
--

-- Arrival order of dimensions and answers, merge order, wide rows named differently.
SELECT count(DISTINCT s) AS forms FROM (
	SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5 ORDER BY id) FROM three UNION ALL
	SELECT cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5 ORDER BY id DESC) FROM three UNION ALL
	SELECT cx_agg(ARRAY['emotion', 'function', 'ease'], ARRAY[scores[3], scores[1], scores[2]], 1, 5) FROM three UNION ALL
	SELECT cx_agg(ARRAY['ease', 'emotion', 'function', 'effort'], ARRAY[scores[2], scores[3], scores[1], NULL], 1, 5) FROM three UNION ALL
	SELECT rollup(s ORDER BY id) FROM (SELECT id, cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5) FROM three GROUP BY id) t(id, s) UNION ALL
	SELECT rollup(s ORDER BY id DESC) FROM (SELECT id, cx_agg(ARRAY['function', 'ease', 'emotion'], scores, 1, 5) FROM three GROUP BY id) t(id, s)
) t(s);

-- A dimension that left a moving frame leaves no trace, nor does an answer counted past 32 bits.
SELECT id, s = again AS equal, s::text = again::text AS same_text FROM (
	SELECT id, cx_agg('d' || id, 3, 1, 5) OVER (ORDER BY id ROWS 1 PRECEDING) AS s,
		(SELECT cx_agg('d' || b.id, 3, 1, 5) FROM generate_series(1, 6) b(id) WHERE b.id BETWEEN a.id - 1 AND a.id) AS again
	FROM generate_series(1, 6) a(id)) t ORDER BY id;

-- No answers is one value, however it was written.
SELECT input, input::cx_summary = '{"dimensions": []}' AS equal
FROM (VALUES ('{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {}}]}'),
	('{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {}, "weights": {}, "squared_weights": {}}]}'),
	('{"dimensions": [], "cross_products": []}')) v(input);

--
-- Storage
--

-- 32 dimensions with names of 255 bytes on -100..100, with weights and products: a value of
-- some 200 kB, compressed and out of line, reads back and merges. Figures: each dimension
-- has the scores -100, 0 and 100 once, so its rescaled mean is 50; and three respondents.
CREATE TEMP TABLE wide_rows AS
	SELECT id, array_agg(lpad(d::text, 255, 'x') ORDER BY d) AS dimensions, array_agg((id - 2) * 100 * (-1) ^ d)::int[] AS scores
	FROM generate_series(1, 3) id, generate_series(1, 32) d GROUP BY id;
CREATE TEMP TABLE stored AS
	SELECT cx_agg(dimensions, scores, -100, 100) AS s, cx_agg(dimensions, scores, -100, 100, id) AS w FROM wide_rows;
SELECT pg_column_size(s) < 40000 AS compressed, octet_length(cx_summary_send(s)) AS bytes, octet_length(cx_summary_send(w)) AS weighted_bytes FROM stored;
SELECT s = s::text::cx_summary AS by_text, w = w::text::cx_summary AS weighted_by_text, s = again AS again, s = merged AS merged,
	abs(cx_index(s) - 50) <= 1e-9 AS value, (cx_index_ci(s)).responses
FROM stored, (SELECT cx_agg(dimensions, scores, -100, 100) AS again FROM wide_rows) a,
	(SELECT rollup(s) AS merged FROM (SELECT cx_agg(dimensions, scores, -100, 100) AS s FROM wide_rows GROUP BY id) t) r;
ALTER TABLE stored ALTER s SET STORAGE external;
UPDATE stored SET s = s::text::cx_summary;
SELECT pg_column_size(s) > 40000 AS out_of_line, s = s::text::cx_summary AS by_text FROM stored;
SELECT rollup(s) = (SELECT cx_agg(dimensions, scores, -100, 100) FROM wide_rows, generate_series(1, 2)) AS rolled
FROM (SELECT s FROM stored UNION ALL SELECT s FROM stored) t;

-- One dimension more
SELECT failure($$SELECT cx_agg(dimensions || 'more'::text, scores || 1, -100, 100) FROM wide_rows$$);
SELECT failure($$SELECT cx_agg('d' || i, 3, 1, 5) FROM generate_series(1, 33) i$$);
SELECT failure($$SELECT cx_agg(ARRAY['d' || i], ARRAY[3], 1, 5) FROM generate_series(1, 33) i$$);
SELECT failure($$SELECT rollup(s) FROM (SELECT cx_agg('d' || i, 3, 1, 5) FROM generate_series(1, 33) i GROUP BY i) t(s)$$);

-- Small values are stored with a short header; accessors read them as they are.
CREATE TEMP TABLE short AS SELECT cx_agg('ease', 4, 1, 5) AS s;
SELECT pg_column_size(s) < 64 AS short_header, s = s::text::cx_summary AS by_text, cx_index(s) FROM short;

-- A column of the type: default, not null, views, arrays, rows
CREATE TEMP TABLE holder (s cx_summary NOT NULL DEFAULT '{"dimensions": []}', list cx_summary[]);
INSERT INTO holder (list) SELECT array_agg(s ORDER BY kind) FROM kinds;
SELECT s, cardinality(list), list::text::cx_summary[] = list AS array_by_text, h::text::holder = h AS row_by_text FROM holder h;

SET client_min_messages = warning;

--
-- Damaged storage: bytes that no function of ours wrote, brought in by a cast
-- that only a superuser can make. Scale -128..127; 255 dimensions; a buffered
-- state longer than its value; a header cut short.
--
CREATE TYPE damaged;
CREATE FUNCTION damaged_in(cstring) RETURNS damaged LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION damaged_out(damaged) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE damaged (INPUT = damaged_in, OUTPUT = damaged_out, INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended);
CREATE CAST (damaged AS cx_summary) WITHOUT FUNCTION;
CREATE CAST (damaged AS score_summary) WITHOUT FUNCTION;
SELECT n, split_part(failure(format('SELECT %L::damaged::%s::text', bytes, type)), ':', 1) AS state
FROM (VALUES (1, 'cx_summary', '\x010001000800000100000000807f016100000000' || repeat('01000000', 256)),
	(2, 'cx_summary', '\x0100ff000800050000000000' || repeat('00', 40)),
	(3, 'cx_summary', '\x010901000800ff00000000000105016100000000'),
	(4, 'cx_summary', '\x0100'),
	(5, 'score_summary', '\x01'),
	(6, 'score_summary', '\x01007fff')) v(n, type, bytes)
ORDER BY n;

-- Somebody's own aggregate whose state is of another kind than its rows.
CREATE AGGREGATE of_two_kinds(text[], int[], int, int) (
	SFUNC = cx_accum_wide, STYPE = cx_summary,
	INITCOND = '{"dimensions": [{"dimension": "a", "scale": [1, 5], "counts": {"1": 1}}]}'
);
SELECT failure($$SELECT of_two_kinds(ARRAY['a'], ARRAY[1], 1, 5)$$);

DROP SCHEMA test_index_summary CASCADE;
