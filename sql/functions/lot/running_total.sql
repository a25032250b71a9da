-- Running total of exact numbers for windows ROWS UNBOUNDED PRECEDING; NULL adds nothing.
--
-- sum(numeric) keeps a wide state and formats it anew for every row; this is the bare addition.
CREATE OR REPLACE AGGREGATE rollforward.running_total(numeric) (
    SFUNC = pg_catalog.numeric_add,
    STYPE = numeric,
    INITCOND = '0',
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollforward.running_total(numeric) IS 'Running total of exact numbers, for windows';
