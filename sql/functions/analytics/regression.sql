-- What a regression on several predictors found.
--
-- slopes      one per predictor; NULL for those that never move
-- intercept   what is predicted where all predictors are 0
-- r_squared   part of the variance that is explained, in the sample
CREATE TYPE rollforward.regression AS (
    slopes double precision[],
    intercept double precision,
    r_squared double precision
);

COMMENT ON TYPE rollforward.regression IS 'What a regression on several predictors found';
