-- Gains of closed lots as they are taxed where wash sales are disallowed (US); lot_match has the ledger's own.
--
-- A row per closed piece of lot_match. Where earlier washes added to the cost of only some of its units, these units have
-- holding periods and gains of their own, and a row each: the rows of a piece add up to it. Short lots pass unchanged.
--
-- account_ids   whose lots; accounts of the same person count together, asked for or not
-- window_days   0 or more; 30 by law
-- returns       rows by account, in order of closing:
--     holding_from      opened_on, less the days that replaced units were held
--     cost_added        disallowed losses that were added to the cost of these units
--     proceeds          as in lot_match; what is transferred out leaves at its cost, with what was added
--     gain              the ledger's: without what was added
--     disallowed_loss   of this sale: how much of the loss is not taken; positive
--     taxable_gain      long: proceeds - cost - cost_added + disallowed_loss; short: gain
-- errors        22R01 an argument is NULL, an account is unknown, or the window is negative
-- relies on     see tax_parts
CREATE OR REPLACE FUNCTION rollforward.taxable_gains(account_ids bigint[], window_days integer DEFAULT 30)
RETURNS TABLE (
    account_id bigint,
    instrument_id bigint,
    symbol text,
    currency text,
    side rollforward_data.position_side,
    opened_by bigint,
    closed_by bigint,
    opened_on date,
    holding_from date,
    closed_on date,
    quantity numeric,
    cost numeric,
    cost_added numeric,
    proceeds numeric,
    gain numeric,
    disallowed_loss numeric,
    taxable_gain numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_window(taxable_gains.account_ids, taxable_gains.window_days);

    RETURN QUERY
    WITH part AS MATERIALIZED (
        SELECT found.account_id, found.opened_by, found.entered_by, found.instrument_id, found.lot_offset, found.part_from,
               found.quantity, found.cost, found.proceeds, found.cost_added, found.days_added,
               sum(found.disallowed_loss) AS disallowed_loss
        FROM rollforward.tax_parts(taxable_gains.account_ids, taxable_gains.window_days) AS found
        WHERE found.proceeds IS NOT NULL
        GROUP BY found.account_id, found.opened_by, found.entered_by, found.instrument_id, found.lot_offset, found.part_from,
                 found.quantity, found.cost, found.proceeds, found.cost_added, found.days_added
    )
    SELECT slice.account_id, slice.instrument_id, instrument.symbol::text, slice.currency::text, slice.side,
           slice.opened_by, slice.closed_by, slice.opened_on, slice.opened_on - coalesce(part.days_added, 0),
           slice.closed_on, taxed.quantity, taxed.cost, taxed.cost_added, taxed.proceeds,
           CASE slice.side
               WHEN 'long' THEN taxed.proceeds - taxed.cost
                    - CASE closing.kind WHEN 'securities_out' THEN taxed.cost_added ELSE 0 END
               ELSE slice.gain
           END,
           taxed.disallowed_loss,
           CASE slice.side
               WHEN 'long' THEN taxed.proceeds - taxed.cost - taxed.cost_added + taxed.disallowed_loss
               ELSE slice.gain
           END
    FROM rollforward_data.lot_slice AS slice
    JOIN rollforward_data.instrument USING (instrument_id)
    JOIN rollforward_data.movement AS closing
        ON closing.account_id = slice.account_id
       AND closing.movement_id = slice.closed_by
    JOIN rollforward_data.movement AS opening
        ON opening.account_id = slice.opened_in
       AND opening.movement_id = slice.opened_by
    LEFT JOIN part
        ON part.account_id = slice.account_id
       AND part.opened_by = slice.opened_by
       AND part.entered_by = slice.entered_by
       AND part.instrument_id = slice.instrument_id
       AND part.lot_offset = slice.lot_offset
    CROSS JOIN LATERAL (
        SELECT coalesce(part.quantity, slice.quantity) AS quantity,
               coalesce(part.cost, slice.cost) AS cost,
               coalesce(part.cost_added, 0) AS cost_added,
               coalesce(part.proceeds, slice.proceeds) AS proceeds,
               coalesce(part.disallowed_loss, 0) AS disallowed_loss
    ) AS taxed
    WHERE slice.account_id = ANY (taxable_gains.account_ids)
      AND slice.carried_to IS NULL
    ORDER BY slice.account_id, slice.closed_on, closing.occurred_at, closing.effect, closing.price, closing.natural_key,
             slice.opened_on, opening.occurred_at, opening.effect, opening.price, opening.natural_key, slice.entered_on,
             slice.lot_offset, part.part_from;
END
$$;

COMMENT ON FUNCTION rollforward.taxable_gains IS 'Gains of closed lots as they are taxed where wash sales are disallowed';
