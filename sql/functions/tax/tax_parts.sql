-- Long lots in the tax view: the parts of each slice with one history, of all accounts that count together.
--
-- wash_pass() goes over the families of tax_pieces() in which a loss can be washed; others are left out: nothing changes
-- there. What leaves without being sold leaves at its cost, with what was added.
--
-- account_ids   accounts that exist; those that count together with them are included
-- window_days   0 or more
-- returns       slices by their key, part by part; a part that was replaced by several purchases has a row for each.
--               step: their order within the sale. Quantities are in units of the slice
-- relies on     see tax_pieces
CREATE OR REPLACE FUNCTION rollforward.tax_parts(account_ids bigint[], window_days integer)
RETURNS TABLE (
    account_id bigint,
    opened_by bigint,
    entered_by bigint,
    instrument_id bigint,
    lot_offset numeric,
    step bigint,
    part_from numeric,
    quantity numeric,
    cost numeric,
    proceeds numeric,
    cost_added numeric,
    days_added integer,
    replaced_by bigint,
    replaced_in bigint,
    replaced_on date,
    replaced_quantity numeric,
    disallowed_loss numeric
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
ROWS 100000  -- so that it is joined by hash: nested loops over two results of functions are the square of them
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH piece AS MATERIALIZED (
        SELECT *
        FROM rollforward.tax_pieces(tax_parts.account_ids)
    ),
    family AS MATERIALIZED (
        SELECT piece.owner_id, piece.currency, piece.family_id,
               array_agg(piece.purchase_no ORDER BY piece.piece_no) AS piece_purchases,
               array_agg(piece.closing_no ORDER BY piece.piece_no) AS piece_closings,
               array_agg(nullif(piece.closed_on, 'infinity') ORDER BY piece.piece_no) AS piece_days,
               array_agg(piece.latest_units ORDER BY piece.piece_no) AS piece_units,
               array_agg(piece.cost ORDER BY piece.piece_no) AS piece_costs,
               array_agg(CASE WHEN NOT piece.is_transfer THEN piece.proceeds END
                         ORDER BY piece.piece_no) AS piece_proceeds
        FROM piece
        GROUP BY piece.owner_id, piece.currency, piece.family_id
        HAVING max(piece.purchase_no) > 1
           AND bool_or(piece.proceeds < piece.cost)
    ),
    purchase AS MATERIALIZED (
        SELECT DISTINCT piece.owner_id, piece.currency, piece.family_id, piece.purchase_no, piece.opened_by,
               piece.opened_in, piece.opened_on, piece.replaces
        FROM piece
        JOIN family USING (owner_id, currency, family_id)
    ),
    purchases AS (
        SELECT purchase.owner_id, purchase.currency, purchase.family_id,
               array_agg(purchase.opened_on ORDER BY purchase.purchase_no) AS purchased_on,
               array_agg(purchase.replaces ORDER BY purchase.purchase_no) AS replaces,
               array_agg(purchase.opened_by ORDER BY purchase.purchase_no) AS purchased_by,
               array_agg(purchase.opened_in ORDER BY purchase.purchase_no) AS purchased_in
        FROM purchase
        GROUP BY purchase.owner_id, purchase.currency, purchase.family_id
    ),
    passed AS MATERIALIZED (
        SELECT family.owner_id, family.currency, family.family_id, part.*,
               purchases.purchased_by[part.replaced_by] AS replacement_by,
               purchases.purchased_in[part.replaced_by] AS replacement_in,
               purchases.purchased_on[part.replaced_by] AS replacement_on
        FROM family
        JOIN purchases USING (owner_id, currency, family_id)
        CROSS JOIN LATERAL rollforward.wash_pass(
            purchases.purchased_on, purchases.replaces, family.piece_purchases, family.piece_closings, family.piece_days,
            family.piece_units, family.piece_costs, family.piece_proceeds, tax_parts.window_days
        ) WITH ORDINALITY AS part (piece_no, part_from, part_until, cost, proceeds, cost_added, days_added, replaced_by,
                                   replaced_from, replaced_until, disallowed_loss, step)
    )
    SELECT piece.account_id, piece.opened_by, piece.entered_by, piece.instrument_id, piece.lot_offset,
           passed.step, passed.part_from,
           CASE WHEN piece.is_transfer THEN piece.units
                ELSE part.units_until - part.units_from
           END,
           passed.cost,
           CASE WHEN piece.is_transfer THEN passed.cost + passed.cost_added ELSE passed.proceeds END,
           passed.cost_added,
           passed.days_added,
           passed.replacement_by,
           passed.replacement_in,
           passed.replacement_on,
           part.replaced_until - part.replaced_from,
           passed.disallowed_loss
    FROM passed
    JOIN piece USING (owner_id, currency, family_id, piece_no)
    CROSS JOIN LATERAL (
        -- back to units of the slice, to 12 decimals
        SELECT rollforward.part_units(piece.units, passed.part_from, piece.latest_units) AS units_from,
               rollforward.part_units(piece.units, passed.part_until, piece.latest_units) AS units_until,
               rollforward.part_units(piece.units, passed.replaced_from, piece.latest_units) AS replaced_from,
               rollforward.part_units(piece.units, passed.replaced_until, piece.latest_units) AS replaced_until
    ) AS part;
END
$$;

COMMENT ON FUNCTION rollforward.tax_parts IS 'Long lots in the tax view: the parts of each slice with one history';
