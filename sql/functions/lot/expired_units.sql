-- What is still open of options that expired on or before a day, by contract and side.
--
-- returns   on_date: the day it expired, or was opened if that was later; last_opened_by: the latest movement that
--           opened any of it
CREATE OR REPLACE FUNCTION rollforward.expired_units(as_of date)
RETURNS TABLE (
    account_id bigint,
    instrument_id bigint,
    currency text,
    side rollforward_data.position_side,
    on_date date,
    quantity numeric,
    last_opened_by bigint
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT slice.account_id, slice.instrument_id, slice.currency::text, slice.side,
           greatest(instrument.expiration, max(slice.entered_on)), sum(slice.quantity), max(slice.opened_by)
    FROM rollforward_data.instrument
    JOIN rollforward_data.lot_slice AS slice USING (instrument_id)
    WHERE instrument.kind IN ('option', 'future_option')
      AND instrument.expiration <= expired_units.as_of
      AND slice.closed_by IS NULL
    GROUP BY slice.account_id, slice.instrument_id, slice.currency, slice.side, instrument.expiration;
END;

COMMENT ON FUNCTION rollforward.expired_units IS 'What is still open of options that expired on or before a day';
