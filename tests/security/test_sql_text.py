"""SQL text of packs, read as an attacker writes it and as an honest author does."""

from __future__ import annotations

import pytest

from mrvaudit import sql
from mrvaudit.sql_words import MACROS

FORMULA = frozenset({*MACROS, "ferry_emission"})

FILES = """
SELECT * FROM read_csv('/etc/passwd')
SELECT * FROM read_csv_auto('a.csv')
SELECT * FROM read_text('/etc/passwd')
SELECT * FROM read_blob('/etc/passwd')
SELECT * FROM read_parquet('a.parquet')
SELECT * FROM parquet_scan('a.parquet')
SELECT * FROM glob('*')
SELECT * FROM "read_csv"('/etc/passwd')
SELECT * FROM READ_CSV('/etc/passwd')
SELECT * FROM read_csv /* x */ ('/etc/passwd')
SELECT * FROM main.read_csv('/etc/passwd')
SELECT * FROM t, LATERAL read_text(t.a)
SELECT * FROM 'a.csv'
FROM 'a.csv'
FROM 'a.csv' SELECT a
TABLE "a.csv"
SELECT * FROM "a.csv"
SELECT * FROM "/etc/passwd"
SELECT * FROM a JOIN 's3://x/y.parquet' USING (k)
SELECT a FROM t WHERE a IN (FROM 'a.csv')
SELECT a FROM t WHERE a IN (TABLE "a.csv")
SELECT ARRAY(FROM 'a.csv')
SELECT (SELECT content FROM read_text('x'))
SELECT a FROM t UNION ALL FROM 'a.csv'
WITH "a.csv" AS (SELECT 1) SELECT * FROM "a.csv"
WITH read_csv AS (SELECT 1) SELECT * FROM read_csv('x')
"""
STATEMENTS = """
COPY t TO 'x'
COPY (SELECT 1) TO 'x'
INSTALL httpfs
LOAD httpfs
SET threads = 4
RESET threads
PRAGMA version
CALL pragma_version()
ATTACH 'x.db'
DETACH x
USE x
EXPORT DATABASE 'x'
IMPORT DATABASE 'x'
CREATE TABLE x AS SELECT 1
CREATE MACRO f(x) AS (x)
DROP TABLE t
DELETE FROM t
INSERT INTO t VALUES (1)
UPDATE t SET a = 1
TRUNCATE t
VACUUM
CHECKPOINT
EXPLAIN SELECT 1
EXPLAIN ANALYZE SELECT 1
PREPARE q AS SELECT 1
EXECUTE q
BEGIN
DESCRIBE t
SUMMARIZE t
SHOW TABLES
VALUES (1)
PIVOT t ON a
SELECT * FROM (DESCRIBE t)
SELECT * FROM (SUMMARIZE t)
SELECT * FROM (SHOW TABLES)
WITH "SHOW" AS (SELECT 1) SELECT * FROM (SHOW TABLES)
SELECT * FROM (PIVOT t ON a)
WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x
WITH x AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM x
SELECT 1; DELETE FROM t
SELECT 1; SELECT 2
SELECT 1) ; DELETE FROM t; SELECT (1
SELECT begin call, version() FROM t
SELECT 1 INTO x
SELECT * FROM t USING SAMPLE 10%
SELECT * FROM t TABLESAMPLE 10%
"""
INTERNALS = """
SELECT * FROM query('SELECT 1')
SELECT * FROM query_table('t')
SELECT * FROM duckdb_settings()
SELECT * FROM duckdb_functions()
SELECT * FROM pragma_version()
SELECT * FROM sql_auto_complete('SEL')
SELECT * FROM json_execute_serialized_sql('x')
SELECT getenv('HOME')
SELECT setseed(0)
SELECT current_setting('threads')
SELECT getvariable('x')
SELECT version()
SELECT write_log('x')
SELECT error('x')
SELECT pg_sleep(1)
SELECT nextval('s')
SELECT txid_current()
SELECT current_user
SELECT session_user
SELECT current_schema
SELECT COLUMNS(*) FROM t
SELECT COLUMNS(lambda c: c = 'a') FROM t
SELECT * FROM main.t
SELECT * FROM pg_catalog.pg_tables
SELECT * FROM information_schema.tables
SELECT * FROM memory.main.t
SELECT main.getenv('HOME')
SELECT system.main.version()
SELECT pg_catalog.current_setting('x')
SELECT $1
SELECT ?
SELECT $name
"""
CHAINS = """
SELECT 'HOME'.getenv()
SELECT ('HOME').getenv()
SELECT a.version() FROM t
SELECT a.sum() FROM t
SELECT [1, 2].list_sum()
SELECT {'a': 1}.version()
SELECT a.upper() FROM t
SELECT "getenv"('HOME')
SELECT GETENV('HOME')
SELECT getenv ('HOME')
SELECT getenv/**/('HOME')
SELECT list_transform(x, lambda y: getenv('HOME')) FROM t
SELECT [getenv(y) for y in x] FROM t
SELECT {'a': getenv('HOME')} FROM t
SELECT * REPLACE (getenv('HOME') AS a) FROM t
SELECT a: getenv('HOME') FROM t
SELECT count(*) FILTER (WHERE getenv('HOME') = 'x') FROM t
SELECT 1 ORDER BY getenv('HOME')
SELECT 1 FROM t WINDOW w AS (ORDER BY getenv('HOME'))
SELECT p__day_sum_tolerance_kg('', month) FROM t
SELECT p__day_sum_tolerance_kg__must('', month) FROM t
SELECT known('x) || getenv(', k, m)
SELECT param('a(1), getenv', k, m)
SELECT known(x, k, m)
SELECT known('x')
SELECT list_aggregate(x, 'sum') FROM t
"""
CLOCK = """
SELECT now()
SELECT current_date
SELECT current_time
SELECT current_timestamp
SELECT localtime
SELECT localtimestamp
SELECT "current_date" FROM t
SELECT today()
SELECT get_current_time()
SELECT transaction_timestamp()
SELECT random()
SELECT uuid()
SELECT gen_random_uuid()
"""
NUMBERS = """
SELECT 0.03
SELECT -0.03
SELECT .03
SELECT 3e-2
SELECT 12.5
SELECT 30
SELECT 1_000_000
SELECT differs(a, b, 0.03) FROM t
SELECT over(a, 0.03) FROM t
SELECT under(a, 1500) FROM t
SELECT half_up(a * 0.03, 2) FROM t
SELECT total(a * 0.03) FROM t
SELECT ferry_emission(0.03, month) FROM t
SELECT coalesce(a, 0.03) FROM t
SELECT a IN (50, 60) FROM t
SELECT list_contains([300, 600], a) FROM t
SELECT hash(a * 0.03) FROM t
SELECT '0.03'::DOUBLE
SELECT CAST('0.03' AS DOUBLE)
SELECT try_cast('0.03' AS DOUBLE)
SELECT '30'::INTEGER
SELECT differs(a, b, '0.03') FROM t
SELECT a > '.5' FROM t
SELECT '3e-2'::DOUBLE
SELECT 1e
SELECT * FROM t LIMIT 50
SELECT * FROM range(1000000000)
SELECT * FROM range(1e9)
SELECT * FROM range(10000 * 10000)
SELECT * FROM range(10000 ** 3)
SELECT range(1000000000)
SELECT generate_series(1, 1000000000)
SELECT * FROM generate_series(1, 1000000000)
SELECT unnest(range(1000000000))
SELECT lpad('x', 1000000000, 'y')
SELECT sum(a) FROM t
SELECT avg(a) FROM t
SELECT mean(a) FROM t
SELECT fsum(a) FROM t
SELECT round(a, 2) FROM t
SELECT "sum"(a) FROM t
SELECT SUM(a) OVER (PARTITION BY b) FROM t
SELECT a < known('x', '', month) FROM t
SELECT known('x', '', month) >= a FROM t
SELECT a > tolerance FROM t
SELECT a NOT BETWEEN tolerance AND b FROM t
"""
LEXERS = [
    "SELECT MAP {#1: (SELECT content FROM read_text('/x')) || '#} ([1],[2]) AS m FROM t --'} AS x FROM t",
    "SELECT version\u200b()",
    "SELECT version\ufeff()",
    "SELECT version\u2060()",
    "SELECT sum\u200b(a) FROM t",
    "SELECT current_date\u200b",
    "SELECT * FROM query\u200b('SELECT 1')",
    "SELECT ve\u0301rsion()",
    "SELECT ｇetenv('HOME')",
    "SELECT getenv\u00a0('HOME')",
    "SELECT getenv\u3000('HOME')",
    "SELECT version\x00()",
    "SELECT a\u2028FROM t",
    "SELECT a\x1cFROM t",
    "SELECT $$a$$ || getenv($$HOME$$)",
    "SELECT $x$a$x$",
    "SELECT $$a$$",
    "SELECT E'\\'' || version() || ''",
    "SELECT E'a'",
    "SELECT N'a'",
    "SELECT x'00'",
    'SELECT "+"(1, 2)',
    'SELECT 1 AS "x) FROM t; DROP"',
    'SELECT a."b c" FROM t',
    "SELECT a FROM t /* not closed",
    "SELECT 'not closed",
]


def lines(*blocks: str) -> list[str]:
    """The queries of the blocks above."""
    return [line for block in blocks for line in block.strip().splitlines()]


@pytest.mark.parametrize("text", [*lines(FILES, STATEMENTS, INTERNALS, CHAINS, CLOCK, NUMBERS), *LEXERS])
def test_refused(text: str) -> None:
    """Files, statements, settings, clocks, chance, loose numbers, and text that two lexers would read differently."""
    with pytest.raises(sql.SqlFault):
        sql.select(text, FORMULA)


ACCEPTED = """
SELECT * FROM t
FROM t
FROM t SELECT a
SELECT * EXCLUDE (a) FROM t
SELECT t.* FROM t
SELECT a, b AS "from" FROM t
SELECT 1;
WITH x AS (SELECT 1 AS a), y(b) AS (SELECT a FROM x) SELECT * FROM x, y
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 12) SELECT n FROM r
SELECT a FROM t UNION ALL SELECT b FROM u ORDER BY 1
SELECT row_number() OVER (PARTITION BY a ORDER BY b) AS n FROM t QUALIFY n = 1
SELECT lag(a) OVER w FROM t WINDOW w AS (PARTITION BY b ORDER BY c)
SELECT max(a) OVER (ORDER BY b ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM t
SELECT list_transform(x, lambda y: y + 1), list_filter(x, lambda y: y > 1) FROM t
SELECT [y + 1 for y in x if y > 3] FROM t
SELECT * FROM t LEFT JOIN u USING (a, b)
SELECT * FROM t ASOF JOIN u USING (a)
SELECT * FROM t, LATERAL (SELECT t.a) x
SELECT count(*) FILTER (WHERE a = 'x''y'), count(DISTINCT b) FROM t GROUP BY ALL HAVING count(*) > 1
SELECT CASE WHEN a THEN 1 ELSE 0 END FROM t
SELECT repeat('x', 1000000000)
SELECT * FROM range(12)
SELECT * FROM generate_series(DATE '2025-01-01', DATE '2025-12-01', INTERVAL 1 MONTH) AS s(month)
SELECT unnest([1, 2])
SELECT total(a), weighted_mean(a, b), half_up(a, 2), over(a, b), under(a, b), differs(a, b, c) FROM t
SELECT known('x', fuel || '|' || place, month) AS tolerance, param('y', '', month) AS z FROM t
SELECT ferry_emission(a * 44 / 12 * 100, month) FROM t
SELECT date_trunc('month', date)::DATE, date_diff('day', a, b), a + INTERVAL 40 DAY FROM t
SELECT a::DECIMAL(28, 8), cast(b AS VARCHAR), try_cast(c AS DATE) FROM t
SELECT EXISTS (SELECT 1 FROM u WHERE u.a = t.a) FROM t
SELECT a IN (SELECT a FROM u) FROM t
SELECT a > b, a IS DISTINCT FROM b, a IS NULL, NOT a FROM t
SELECT regexp_matches(a, '^[0-9A-Z]{18}$'), a LIKE '%煤%', '2025' || a FROM t -- 注释 comment
SELECT extract(year FROM a), trim(both 'x' FROM b), position('a' IN b) FROM t
SELECT {'a': 1}.a, [1, 2][1], MAP {'k': 1} FROM t
SELECT t.current_date FROM t
SELECT /* a comment; DROP TABLE t */ a FROM t
SELECT 'a string; DROP TABLE t' FROM t
SELECT as_of() FROM t
"""


@pytest.mark.parametrize("text", lines(ACCEPTED))
def test_accepted(text: str) -> None:
    """What honest rules are written with."""
    sql.select(text, FORMULA)
