-- Sum of exact numbers, as an aggregate and in windows ROWS UNBOUNDED PRECEDING; NULL adds nothing, nothing gives NULL.
--
-- sum(numeric) keeps a wide state and formats it anew for every group and every row of a window; this is the bare
-- addition.
CREATE OR REPLACE AGGREGATE rollforward.total(numeric) (
    SFUNC = pg_catalog.numeric_add,
    STYPE = numeric,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollforward.total(numeric) IS 'Sum of exact numbers, by bare addition';
