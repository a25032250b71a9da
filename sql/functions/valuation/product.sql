-- Product of exact numbers, as an aggregate; NULL multiplies nothing, nothing gives NULL.
CREATE OR REPLACE AGGREGATE rollforward.product(numeric) (
    SFUNC = pg_catalog.numeric_mul,
    STYPE = numeric,
    PARALLEL = SAFE
);

COMMENT ON AGGREGATE rollforward.product(numeric) IS 'Product of exact numbers';
