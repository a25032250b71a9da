-- Solution of a small system of linear equations by Gaussian elimination with partial pivoting.
--
-- The one solver of the analytics: ridge regressions and the forecast of volatility have their normal equations solved here.
--
-- equations     n × n, row by row in one array
-- constants     n right-hand sides
-- returns       the n unknowns; NULL when the equations do not determine them: a pivot is below 1e-12 of the largest coefficient,
--               or something is NULL
CREATE OR REPLACE FUNCTION rollforward.solved(equations double precision[], constants double precision[])
RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    n CONSTANT integer := cardinality(constants);
    a double precision[] := equations;
    b double precision[] := constants;
    coefficient double precision;
    smallest double precision := 0;
    best integer;
    held double precision;
    share double precision;
BEGIN
    IF array_position(a, NULL) IS NOT NULL OR array_position(b, NULL) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    -- not a query: it would be one for each regression
    FOREACH coefficient IN ARRAY a LOOP
        smallest := greatest(smallest, 1e-12 * abs(coefficient));
    END LOOP;

    FOR i IN 1 .. n LOOP
        best := i;
        FOR j IN i + 1 .. n LOOP
            IF abs(a[(j - 1) * n + i]) > abs(a[(best - 1) * n + i]) THEN
                best := j;
            END IF;
        END LOOP;
        IF abs(a[(best - 1) * n + i]) <= smallest THEN
            RETURN NULL;
        END IF;
        IF best <> i THEN
            FOR k IN i .. n LOOP
                held := a[(i - 1) * n + k];
                a[(i - 1) * n + k] := a[(best - 1) * n + k];
                a[(best - 1) * n + k] := held;
            END LOOP;
            held := b[i];
            b[i] := b[best];
            b[best] := held;
        END IF;
        FOR j IN i + 1 .. n LOOP
            share := a[(j - 1) * n + i] / a[(i - 1) * n + i];
            CONTINUE WHEN share = 0;
            FOR k IN i + 1 .. n LOOP
                a[(j - 1) * n + k] := a[(j - 1) * n + k] - share * a[(i - 1) * n + k];
            END LOOP;
            b[j] := b[j] - share * b[i];
        END LOOP;
    END LOOP;

    FOR i IN REVERSE n .. 1 LOOP
        FOR k IN i + 1 .. n LOOP
            b[i] := b[i] - a[(i - 1) * n + k] * b[k];
        END LOOP;
        b[i] := b[i] / a[(i - 1) * n + i];
    END LOOP;
    RETURN b;
END
$$;

COMMENT ON FUNCTION rollforward.solved IS 'Solution of a small system of linear equations';
