-- Ridge regression on several predictors, from their moments; ordinary least squares where alpha is 0.
--
-- Predictors are standardised by their population standard deviation, and the response is centred (Hoerl and Kennard 1970): with n
-- observations, correlations R of the predictors and c with the response, (n R + alpha I) b = n c in units of standard deviations.
-- A predictor that never moves explains nothing and has no slope.
--
-- observations           n
-- covariances            of the predictors, k × k, row by row in one array; population covariances, as are the others
-- response_covariances   of each predictor with the response
-- response_variance      above 0
-- means, response_mean   for the intercept
-- returns                all NULL where the predictors are collinear and alpha is 0
CREATE OR REPLACE FUNCTION rollforward.regressed(
    observations bigint,
    covariances double precision[],
    response_covariances double precision[],
    response_variance double precision,
    means double precision[],
    response_mean double precision,
    alpha double precision
)
RETURNS rollforward.regression
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    n CONSTANT double precision := observations;
    k CONSTANT integer := cardinality(response_covariances);
    deviations double precision[];
    equations double precision[] := '{}';
    constants double precision[] := '{}';
    coefficients double precision[];
    explained double precision := 0;
    found rollforward.regression;
BEGIN
    IF response_variance IS NULL OR response_variance <= 0 THEN
        RETURN found;
    END IF;
    FOR i IN 1 .. k LOOP
        deviations[i] := CASE WHEN rollforward.never_moves(n * covariances[(i - 1) * k + i]) THEN 0
                              ELSE sqrt(covariances[(i - 1) * k + i])
                         END;
    END LOOP;
    FOR i IN 1 .. k LOOP
        FOR j IN 1 .. k LOOP
            equations[(i - 1) * k + j] :=
                CASE WHEN deviations[i] > 0 AND deviations[j] > 0
                     THEN n * covariances[(i - 1) * k + j] / deviations[i] / deviations[j]
                     WHEN i = j THEN n
                     ELSE 0
                END
                + CASE WHEN i = j THEN alpha ELSE 0 END;
        END LOOP;
        constants[i] := CASE WHEN deviations[i] > 0 THEN n * response_covariances[i] / deviations[i] ELSE 0 END;
    END LOOP;
    coefficients := rollforward.solved(equations, constants);
    IF coefficients IS NULL THEN
        RETURN found;
    END IF;

    -- with (n R + alpha I) b = n c: 2 b'nc - b'nRb = b'nc + alpha b'b
    FOR i IN 1 .. k LOOP
        explained := explained + coefficients[i] * (constants[i] + alpha * coefficients[i]);
    END LOOP;
    found.r_squared := explained / (n * response_variance);
    found.intercept := response_mean;
    FOR i IN 1 .. k LOOP
        IF deviations[i] > 0 THEN
            found.slopes[i] := coefficients[i] / deviations[i];
            found.intercept := found.intercept - found.slopes[i] * means[i];
        ELSE
            found.slopes[i] := NULL;
        END IF;
    END LOOP;
    RETURN found;
END
$$;

COMMENT ON FUNCTION rollforward.regressed IS 'Ridge regression on several predictors, from their moments';
