-- What a call of analyse() did.
--
-- analyses   accounts and days
-- days       how many of them
-- findings   rows written, because they were new or have changed
CREATE TYPE rollforward.analysis_result AS (
    analyses bigint,
    days integer,
    findings bigint,
    total_ms numeric
);

COMMENT ON TYPE rollforward.analysis_result IS 'What a call of analyse() did';
