-- Probability that Student's t with some degrees of freedom lies further from 0 than t, on either side.
--
-- The finite series in the angle atan(t / √degrees), Abramowitz and Stegun (1964), 26.7.3 and 26.7.4.
--
-- degrees    1 or more
-- returns    NULL when an argument is NULL, or there are no degrees of freedom
CREATE OR REPLACE FUNCTION rollforward.student_tail(t double precision, degrees integer)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    angle double precision;
    square double precision;
    term double precision;
    inside double precision := 0;
BEGIN
    IF t IS NULL OR degrees IS NULL OR degrees < 1 THEN
        RETURN NULL;
    END IF;
    angle := atan(abs(t) / sqrt(degrees));
    square := cos(angle) ^ 2;
    IF degrees % 2 = 1 THEN
        term := cos(angle);
        FOR k IN 1 .. (degrees - 1) / 2 LOOP
            inside := inside + term;
            term := term * square * (2 * k) / (2 * k + 1);
        END LOOP;
        inside := 2 / pi() * (angle + sin(angle) * inside);
    ELSE
        term := 1;
        FOR k IN 1 .. degrees / 2 LOOP
            inside := inside + term;
            term := term * square * (2 * k - 1) / (2 * k);
        END LOOP;
        inside := sin(angle) * inside;
    END IF;
    RETURN greatest(0, least(1, 1 - inside));
END
$$;

COMMENT ON FUNCTION rollforward.student_tail IS 'Two-sided tail of Student''s t';
