-- Losses that are disallowed because what was sold was bought again: wash sales (US), and what bears the loss.
--
-- A loss on long units is disallowed as far as units of the same instrument were bought within window_days before or
-- after the day of the sale, by the same person, and not sold again by then. Replacement units are used once, the
-- earliest purchase first, sales in order of closing. docs/wash-sales.md has the rules and limits.
--
-- account_ids   whose sales; accounts of the same person count together, asked for or not
-- window_days   0 or more; 30 by law
-- returns       a row per stretch of units sold and bought again, in order of closing. opened_by is the purchase of what
--               was sold, replaced_by that of what replaced it; quantity is in units of the day of the sale;
--               disallowed_loss is positive, and has been added to the cost of the replacement
-- errors        22R01 an argument is NULL, an account is unknown, or the window is negative
-- relies on     see tax_parts
CREATE OR REPLACE FUNCTION rollforward.wash_sales(account_ids bigint[], window_days integer DEFAULT 30)
RETURNS TABLE (
    account_id bigint,
    instrument_id bigint,
    symbol text,
    currency text,
    closed_by bigint,
    closed_on date,
    opened_by bigint,
    replaced_by bigint,
    replacement_account_id bigint,
    replaced_on date,
    quantity numeric,
    disallowed_loss numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_window(wash_sales.account_ids, wash_sales.window_days);

    RETURN QUERY
    SELECT slice.account_id, slice.instrument_id, instrument.symbol::text, slice.currency::text, slice.closed_by,
           slice.closed_on, slice.opened_by, part.replaced_by, part.replaced_in, part.replaced_on,
           part.replaced_quantity, part.disallowed_loss
    FROM rollforward.tax_parts(wash_sales.account_ids, wash_sales.window_days) AS part
    JOIN rollforward_data.lot_slice AS slice USING (account_id, opened_by, entered_by, instrument_id, lot_offset)
    JOIN rollforward_data.instrument USING (instrument_id)
    JOIN rollforward_data.movement AS closing
        ON closing.account_id = slice.account_id
       AND closing.movement_id = slice.closed_by
    WHERE slice.account_id = ANY (wash_sales.account_ids)
      AND part.disallowed_loss > 0
    ORDER BY slice.closed_on, closing.occurred_at, closing.effect, closing.price, closing.natural_key, slice.account_id,
             part.step;
END
$$;

COMMENT ON FUNCTION rollforward.wash_sales IS 'Losses that are disallowed because what was sold was bought again';
