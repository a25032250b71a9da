-- Whether an account has a split movement of an instrument on a day, so that a row of split does not apply to it.
CREATE OR REPLACE FUNCTION rollforward.reference_has_booked_split(account_id bigint, instrument_id bigint, on_date date)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (
        SELECT FROM rollforward_data.movement AS booked
        WHERE booked.account_id = reference_has_booked_split.account_id
          AND booked.instrument_id = reference_has_booked_split.instrument_id
          AND booked.accounting_date = reference_has_booked_split.on_date
          AND booked.kind = 'split');
END;

COMMENT ON FUNCTION rollforward.reference_has_booked_split IS 'Reference: whether an account booked a split itself';
