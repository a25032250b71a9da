-- Open lots with the losses that wash sales (US) added to their cost; open_lot has the ledger's own.
--
-- A row per row of open_lot. Where washes added to the cost of only some of its units, these have a holding period of their
-- own, and a row each: the rows of a lot add up to it. Short lots pass unchanged.
--
-- account_ids    whose lots; accounts of the same person count together, asked for or not
-- window_days    0 or more; 30 by law
-- returns        rows by account and instrument, in order of acquisition; holding_from is opened_on, less the days that
--                replaced units were held; taxable_cost is cost + cost_added
-- errors         22R01 an argument is NULL, an account is unknown, or the window is negative
-- relies on      see tax_parts; lot_slice_closed_idx
CREATE OR REPLACE FUNCTION rollforward.taxable_open_lots(account_ids bigint[], window_days integer DEFAULT 30)
RETURNS TABLE (
    account_id bigint,
    instrument_id bigint,
    symbol text,
    currency text,
    side rollforward_data.position_side,
    opened_by bigint,
    opened_on date,
    holding_from date,
    quantity numeric,
    cost numeric,
    cost_added numeric,
    taxable_cost numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_window(taxable_open_lots.account_ids, taxable_open_lots.window_days);

    RETURN QUERY
    SELECT slice.account_id, slice.instrument_id, instrument.symbol::text, slice.currency::text, slice.side,
           slice.opened_by, slice.opened_on, slice.opened_on - coalesce(part.days_added, 0),
           taxed.quantity, taxed.cost, taxed.cost_added, taxed.cost + taxed.cost_added
    FROM rollforward_data.lot_slice AS slice
    JOIN rollforward_data.instrument USING (instrument_id)
    JOIN rollforward_data.movement AS opening
        ON opening.account_id = slice.opened_in
       AND opening.movement_id = slice.opened_by
    LEFT JOIN rollforward.tax_parts(taxable_open_lots.account_ids, taxable_open_lots.window_days) AS part
        ON part.account_id = slice.account_id
       AND part.opened_by = slice.opened_by
       AND part.entered_by = slice.entered_by
       AND part.instrument_id = slice.instrument_id
       AND part.lot_offset = slice.lot_offset
       AND part.proceeds IS NULL
    CROSS JOIN LATERAL (
        SELECT coalesce(part.quantity, slice.quantity) AS quantity,
               coalesce(part.cost, slice.cost) AS cost,
               coalesce(part.cost_added, 0) AS cost_added
    ) AS taxed
    WHERE slice.account_id = ANY (taxable_open_lots.account_ids)
      AND slice.closed_on = 'infinity'
    ORDER BY slice.account_id, instrument.symbol, slice.currency, slice.side, slice.opened_on, opening.occurred_at,
             opening.effect, opening.price, opening.natural_key, slice.entered_on, slice.lot_offset, part.part_from;
END
$$;

COMMENT ON FUNCTION rollforward.taxable_open_lots IS 'Open lots with the losses that wash sales added to their cost';
