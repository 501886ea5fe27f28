-- The survey report on your own answers, from user.csv in the working directory.
--
--     scripts/demo --csv FILE          in a private server that disappears again
--     psql -f demo/your_csv.sql        in your database (cx_metrics is installed);
--                                      makes the table user_answers, which must not exist
--
-- The file has one row an answer and a header.  Columns, in any order:
--
--     at          when: 2025-03-14, or 2025-03-14 15:09 (UTC unless it says otherwise)
--     channel     where, may be empty
--     phase       at which step of the relationship, may be empty
--     question    nps (0..10), csat (1..5), ces (1..7, 7 is the easiest), function,
--                 ease, emotion (1..5), and if you ask for it expected, perceived (1..5)
--     score       the answer, a whole number; empty when the question was left out
--     weight      optional: how many customers the answer speaks for, 1 if empty
--     respondent  optional: whose answers belong together.  Makes the interval of the
--                 CX index narrower, and expected can be compared with perceived
--     importance  optional: how much the moment counts in the CX index, 1 if empty
--
-- Other columns are ignored.  Commas or semicolons separate, quotes as usual in CSV,
-- UTF-8.  demo/example.csv is such a file.

\encoding UTF8
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, YMD';
\set SHOW_CONTEXT never

-- The header says which columns there are, so each line is first read whole.
CREATE TEMPORARY TABLE csv_line (line text);
\copy csv_line FROM 'user.csv' WITH (FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02')

CREATE TEMPORARY TABLE csv_header AS
SELECT CASE WHEN line LIKE '%;%' THEN ';' ELSE ',' END AS separator, replace(line, U&'\FEFF', '') AS line
FROM csv_line
ORDER BY ctid
LIMIT 1;

SELECT separator = ';' AS semicolons, (
        SELECT string_agg(format('%I text', lower(trim(BOTH ' "' FROM name))), ', ' ORDER BY ord)
        FROM string_to_table(line, separator) WITH ORDINALITY AS h (name, ord)
    ) AS columns
FROM csv_header
\gset

CREATE TEMPORARY TABLE csv_answer (:columns);
\if :semicolons
    \copy csv_answer FROM 'user.csv' WITH (FORMAT csv, HEADER, DELIMITER ';')
\else
    \copy csv_answer FROM 'user.csv' WITH (FORMAT csv, HEADER)
\endif

DO $$
DECLARE
    required text;
    optional text;
BEGIN
    FOREACH required IN ARRAY ARRAY['at', 'channel', 'phase', 'question', 'score'] LOOP
        IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'pg_temp.csv_answer'::regclass AND attname = required) THEN
            RAISE EXCEPTION 'user.csv has no column %', required
                USING HINT = 'The header is: at, channel, phase, question, score, and optionally weight, respondent, importance.';
        END IF;
    END LOOP;
    FOREACH optional IN ARRAY ARRAY['weight', 'respondent', 'importance'] LOOP
        EXECUTE format('ALTER TABLE pg_temp.csv_answer ADD COLUMN IF NOT EXISTS %I text', optional);
    END LOOP;
END
$$;

CREATE TEMPORARY TABLE csv_question (question text, scale_min int, scale_max int);
INSERT INTO csv_question VALUES
    ('nps', 0, 10),
    ('csat', 1, 5),
    ('ces', 1, 7),
    ('function', 1, 5),
    ('ease', 1, 5),
    ('emotion', 1, 5),
    ('expected', 1, 5),
    ('perceived', 1, 5);

CREATE TEMPORARY TABLE csv_checked AS
SELECT row_number() OVER (ORDER BY a.ctid) + 1 AS line, trim(a.at) AS at,
    nullif(trim(a.channel), '') AS channel, nullif(trim(a.phase), '') AS phase,
    lower(trim(a.question)) AS question, nullif(trim(a.score), '') AS score, q.scale_min, q.scale_max,
    coalesce(nullif(replace(trim(a.weight), ',', '.'), ''), '1') AS weight,
    nullif(trim(a.respondent), '') AS respondent,
    coalesce(nullif(replace(trim(a.importance), ',', '.'), ''), '1') AS importance
FROM csv_answer AS a
LEFT JOIN csv_question AS q ON q.question = lower(trim(a.question));

DO $$
DECLARE
    wrong record;
BEGIN
    SELECT line, CASE
            WHEN scale_min IS NULL THEN format('the question "%s" is not known', question)
            WHEN score !~ '^-?[0-9]{1,6}$' THEN format('the score "%s" is not a whole number', score)
            WHEN score::int NOT BETWEEN scale_min AND scale_max
                THEN format('the score %s is not an answer to %s, %s..%s', score, question, scale_min, scale_max)
            WHEN coalesce(at, '') = '' THEN 'there is no time'
            WHEN weight !~ '^[0-9]+([.][0-9]*)?$' THEN format('the weight "%s" is not a number from 0', weight)
            WHEN importance !~ '^[0-9]+([.][0-9]*)?$' THEN format('the importance "%s" is not a number from 0', importance)
        END AS what
    INTO wrong
    FROM csv_checked
    WHERE scale_min IS NULL
        OR CASE WHEN score ~ '^-?[0-9]{1,6}$' THEN score::int NOT BETWEEN scale_min AND scale_max ELSE score IS NOT NULL END
        OR coalesce(at, '') = ''
        OR weight !~ '^[0-9]+([.][0-9]*)?$'
        OR importance !~ '^[0-9]+([.][0-9]*)?$'
    ORDER BY line
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'user.csv, line %: %', wrong.line, wrong.what;
    END IF;
    IF NOT EXISTS (SELECT FROM csv_checked WHERE score IS NOT NULL) THEN
        RAISE EXCEPTION 'user.csv has no answer';
    END IF;
END
$$;

CREATE TABLE user_answers AS
SELECT respondent, at::timestamptz AS at, channel, phase, question, score::int AS score, scale_min, scale_max,
    weight::float8 AS weight, importance::float8 AS importance
FROM csv_checked
WHERE score IS NOT NULL
ORDER BY line;
COMMENT ON TABLE user_answers IS 'loaded by demo/your_csv.sql from user.csv';
ANALYZE user_answers;

DROP TABLE csv_line, csv_header, csv_answer, csv_question, csv_checked;

\qecho
\qecho 'YOUR ANSWERS'

\set answers user_answers
\ir report_survey.sql
