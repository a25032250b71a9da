-- Amounts of a series of which an internal rate of return is sought.
--
-- amounts   received positive, paid negative; none is 0 and both signs occur
-- times     of the amounts: ascending from 0 to 1
CREATE TYPE rollforward.amount_list AS (
    series_id bigint,
    amounts double precision[],
    times double precision[]
);

COMMENT ON TYPE rollforward.amount_list IS 'Amounts of a series of which an internal rate of return is sought';
