-- Whether an account has booked a split of an instrument on a day itself: its row of split is then not applied to it.
--
-- relies on   movement_of_lots_idx
CREATE OR REPLACE FUNCTION rollforward.split_is_booked(account_id bigint, instrument_id bigint, split_date date)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (
    SELECT FROM rollforward_data.movement
    WHERE movement.account_id = split_is_booked.account_id
      AND movement.instrument_id = split_is_booked.instrument_id
      AND movement.accounting_date = split_is_booked.split_date
      AND movement.kind = 'split');

COMMENT ON FUNCTION rollforward.split_is_booked IS 'Whether an account has booked a split of an instrument on a day itself';
