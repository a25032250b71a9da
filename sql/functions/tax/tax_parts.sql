-- Long lots in the tax view: the parts of each slice with one history, of all accounts that count together.
--
-- Accounts of one person count together; an account without a person counts by itself. Purchases and sales of an
-- instrument and currency make a family; units are those of the latest day, so that splits and changes of symbol between a
-- sale and its replacement do not matter: each piece is followed through the splits and strike adjustments of its account
-- that come after it. Units that travel to another account of the same person stay; other transfers out leave, at cost.
-- wash_pass() goes over the families in which a loss can be washed; others are left out: nothing changes there.
--
-- account_ids   accounts that exist; those that count together with them are included
-- window_days   0 or more
-- returns       slices by their key, part by part; a part that was replaced by several purchases has a row for each.
--               step: their order within the sale. Quantities are in units of the slice
-- relies on     account_person_idx, lot_slice_pkey, movement_pkey, movement_of_lots_idx, split_pkey
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
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH RECURSIVE asked AS (
        SELECT account.account_id, account.person_id
        FROM rollforward_data.account
        WHERE account.account_id = ANY (tax_parts.account_ids)
    ),
    owned AS MATERIALIZED (
        SELECT account.account_id, -account.person_id AS owner_id
        FROM rollforward_data.account
        WHERE account.person_id IN (SELECT asked.person_id FROM asked)
        UNION ALL
        SELECT asked.account_id, asked.account_id
        FROM asked
        WHERE asked.person_id IS NULL
    ),
    slice AS MATERIALIZED (
        SELECT owned.owner_id, slice.*, slice.quantity::numeric AS units, closing.kind AS closing_kind,
               row_number() OVER () AS slice_no,
               CASE WHEN closing.movement_id IS NOT NULL
                    THEN dense_rank() OVER (
                        ORDER BY slice.closed_on, closing.occurred_at, closing.effect, closing.price, closing.natural_key,
                                 slice.account_id, slice.closed_by)::integer
               END AS closing_no,
               dense_rank() OVER (
                   ORDER BY opening.accounting_date, opening.occurred_at, opening.effect, opening.price,
                            opening.natural_key, slice.opened_in, slice.opened_by) AS acquired,
               opening.kind = 'buy' AND buyer.owner_id IS NOT NULL AS replaces,
               -- after what happened the piece is looked at: just after it was sold, or came to where it still is
               CASE WHEN closing.movement_id IS NOT NULL THEN slice.closed_on ELSE slice.entered_on END AS seen_on,
               CASE WHEN closing.movement_id IS NOT NULL THEN closing.occurred_at
                    ELSE coalesce(entry.occurred_at, '-infinity')
               END AS seen_at,
               CASE WHEN closing.movement_id IS NOT NULL THEN 3
                    WHEN entry.kind = 'strike_adjustment' THEN 5
                    WHEN entry.kind <> 'split' THEN 3
                    ELSE 1
               END AS seen_instant
        FROM owned
        JOIN rollforward_data.lot_slice AS slice USING (account_id)
        JOIN rollforward_data.movement AS opening
            ON opening.account_id = slice.opened_in
           AND opening.movement_id = slice.opened_by
        LEFT JOIN owned AS buyer
            ON buyer.account_id = slice.opened_in
           AND buyer.owner_id = owned.owner_id
        LEFT JOIN rollforward_data.movement AS entry
            ON entry.account_id = slice.account_id
           AND entry.movement_id = slice.entered_by
        LEFT JOIN rollforward_data.movement AS closing
            ON closing.account_id = slice.account_id
           AND closing.movement_id = slice.closed_by
        WHERE slice.side = 'long'
          AND slice.carried_to IS NULL
    ),
    -- Units that leave by a transfer lie on an axis; stretches of it that arrive at the same person have not left.
    departing AS (
        SELECT slice.slice_no, slice.owner_id, slice.account_id, slice.instrument_id, slice.closed_by, slice.units,
               sum(slice.units) OVER (
                   PARTITION BY slice.account_id, slice.closed_by
                   ORDER BY slice.opened_on, slice.opened_by, slice.entered_by, slice.lot_offset
                   ROWS UNBOUNDED PRECEDING) AS axis_end
        FROM slice
        WHERE slice.closing_kind = 'securities_out'
    ),
    staying AS (
        SELECT departing.slice_no,
               sum(least(departing.axis_end, travel.left_until)
                   - greatest(departing.axis_end - departing.units, travel.left_from)) AS units
        FROM departing
        JOIN rollforward.transfer_stretches(ARRAY(SELECT DISTINCT departing.instrument_id FROM departing)) AS travel
            ON travel.from_account_id = departing.account_id
           AND travel.left_by = departing.closed_by
           AND travel.left_from < departing.axis_end
           AND travel.left_until > departing.axis_end - departing.units
        JOIN owned AS receiver
            ON receiver.account_id = travel.to_account_id
           AND receiver.owner_id = departing.owner_id
        GROUP BY departing.slice_no
    ),
    -- Where lots of an account moved on: to what, and how many units for how many.
    moving AS MATERIALIZED (
        SELECT row_number() OVER (
                   ORDER BY change.on_date, change.occurred_at, change.instant_no, change.natural_key) AS moving_no,
               change.*
        FROM (
            SELECT movement.account_id, movement.currency, movement.instrument_id,
                   coalesce(movement.to_instrument_id, movement.instrument_id) AS to_instrument_id,
                   movement.accounting_date AS on_date, movement.occurred_at,
                   CASE movement.kind WHEN 'split' THEN 0 ELSE 4 END AS instant_no, movement.natural_key,
                   CASE movement.kind WHEN 'split' THEN movement.quantity::numeric ELSE 1 END AS quantity,
                   CASE movement.kind WHEN 'split' THEN movement.per_quantity::numeric ELSE 1 END AS per_quantity
            FROM owned
            JOIN rollforward_data.movement USING (account_id)
            WHERE movement.kind IN ('split', 'strike_adjustment')
            UNION ALL
            SELECT owned.account_id, held.currency, split.instrument_id,
                   coalesce(split.to_instrument_id, split.instrument_id),
                   split.split_date, '-infinity', 0, NULL, split.quantity::numeric, split.per_quantity::numeric
            FROM (SELECT DISTINCT slice.owner_id, slice.currency, slice.instrument_id FROM slice) AS held
            JOIN rollforward_data.split USING (instrument_id)
            JOIN owned USING (owner_id)
            WHERE NOT rollforward.split_is_booked(owned.account_id, split.instrument_id, split.split_date)
        ) AS change
    ),
    linked AS MATERIALIZED (
        SELECT moving.moving_no, moving.to_instrument_id, moving.quantity, moving.per_quantity,
               (SELECT min(later.moving_no)
                FROM moving AS later
                WHERE later.account_id = moving.account_id
                  AND later.currency = moving.currency
                  AND later.instrument_id = moving.to_instrument_id
                  AND later.moving_no > moving.moving_no) AS next_no
        FROM moving
    ),
    -- What comes of a unit that moves on, in the end.
    followed AS (
        SELECT linked.moving_no, linked.to_instrument_id AS family_id, linked.quantity, linked.per_quantity
        FROM linked
        WHERE linked.next_no IS NULL
        UNION ALL
        SELECT linked.moving_no, followed.family_id, linked.quantity * followed.quantity,
               linked.per_quantity * followed.per_quantity
        FROM followed
        JOIN linked ON linked.next_no = followed.moving_no
    ),
    in_time AS (
        SELECT step.slice_no,
               min(step.moving_no) OVER (
                   PARTITION BY step.account_id, step.currency, step.instrument_id
                   ORDER BY step.on_date DESC, step.occurred_at DESC, step.instant_no DESC
                   ROWS UNBOUNDED PRECEDING) AS moving_no
        FROM (
            SELECT slice.slice_no, NULL::bigint AS moving_no, slice.account_id, slice.currency::text, slice.instrument_id,
                   slice.seen_on AS on_date, slice.seen_at AS occurred_at, slice.seen_instant AS instant_no
            FROM slice
            UNION ALL
            SELECT NULL, moving.moving_no, moving.account_id, moving.currency, moving.instrument_id, moving.on_date,
                   moving.occurred_at, moving.instant_no
            FROM moving
        ) AS step
    ),
    piece AS MATERIALIZED (
        SELECT slice.*, family.family_id,
               CASE WHEN followed.moving_no IS NULL THEN slice.units - coalesce(staying.units, 0)
                    ELSE ((slice.units - coalesce(staying.units, 0)) * followed.quantity)::numeric(100, 40)
                             / followed.per_quantity
               END AS latest_units,
               dense_rank() OVER (
                   PARTITION BY slice.owner_id, slice.currency, family.family_id ORDER BY slice.acquired)::integer AS purchase_no,
               row_number() OVER (
                   PARTITION BY slice.owner_id, slice.currency, family.family_id
                   ORDER BY slice.closing_no, slice.acquired, slice.entered_on, slice.entered_by, slice.account_id,
                            slice.lot_offset) AS piece_no
        FROM slice
        JOIN in_time USING (slice_no)
        LEFT JOIN followed ON followed.moving_no = in_time.moving_no
        LEFT JOIN staying ON staying.slice_no = slice.slice_no
        CROSS JOIN LATERAL (SELECT coalesce(followed.family_id, slice.instrument_id) AS family_id) AS family
        WHERE slice.units > coalesce(staying.units, 0)
    ),
    family AS MATERIALIZED (
        SELECT piece.owner_id, piece.currency, piece.family_id,
               array_agg(piece.purchase_no ORDER BY piece.piece_no) AS piece_purchases,
               array_agg(piece.closing_no ORDER BY piece.piece_no) AS piece_closings,
               array_agg(nullif(piece.closed_on, 'infinity') ORDER BY piece.piece_no) AS piece_days,
               array_agg(piece.latest_units ORDER BY piece.piece_no) AS piece_units,
               array_agg(piece.cost::numeric ORDER BY piece.piece_no) AS piece_costs,
               array_agg(CASE WHEN piece.closing_kind <> 'securities_out' THEN piece.proceeds::numeric END
                         ORDER BY piece.piece_no) AS piece_proceeds
        FROM piece
        GROUP BY piece.owner_id, piece.currency, piece.family_id
        HAVING max(piece.purchase_no) > 1
           AND bool_or(piece.gain < 0)
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
               array_agg(purchase.replaces ORDER BY purchase.purchase_no) AS replaces
        FROM purchase
        GROUP BY purchase.owner_id, purchase.currency, purchase.family_id
    ),
    passed AS MATERIALIZED (
        SELECT family.owner_id, family.currency, family.family_id, part.*
        FROM family
        JOIN purchases USING (owner_id, currency, family_id)
        CROSS JOIN LATERAL rollforward.wash_pass(
            purchases.purchased_on, purchases.replaces, family.piece_purchases, family.piece_closings, family.piece_days,
            family.piece_units, family.piece_costs, family.piece_proceeds, tax_parts.window_days
        ) WITH ORDINALITY AS part (piece_no, part_from, part_until, cost, proceeds, cost_added, days_added, replaced_by,
                                   replaced_from, replaced_until, disallowed_loss, step)
    )
    SELECT piece.account_id, piece.opened_by, piece.entered_by, piece.instrument_id, piece.lot_offset::numeric,
           passed.step, passed.part_from,
           CASE WHEN piece.closing_kind = 'securities_out' THEN piece.units
                ELSE part.units_until - part.units_from
           END,
           passed.cost,
           CASE WHEN piece.closing_kind = 'securities_out' THEN passed.cost + passed.cost_added ELSE passed.proceeds END,
           passed.cost_added,
           passed.days_added,
           replacement.opened_by,
           replacement.opened_in,
           replacement.opened_on,
           part.replaced_until - part.replaced_from,
           passed.disallowed_loss
    FROM passed
    JOIN piece USING (owner_id, currency, family_id, piece_no)
    LEFT JOIN purchase AS replacement
        ON replacement.owner_id = passed.owner_id
       AND replacement.currency = passed.currency
       AND replacement.family_id = passed.family_id
       AND replacement.purchase_no = passed.replaced_by
    CROSS JOIN LATERAL (
        -- back to units of the slice, to 12 decimals
        SELECT rollforward.part_units(piece.units, passed.part_from, piece.latest_units) AS units_from,
               rollforward.part_units(piece.units, passed.part_until, piece.latest_units) AS units_until,
               rollforward.part_units(piece.units, passed.replaced_from, piece.latest_units) AS replaced_from,
               rollforward.part_units(piece.units, passed.replaced_until, piece.latest_units) AS replaced_until
    ) AS part;
END;

COMMENT ON FUNCTION rollforward.tax_parts IS 'Long lots in the tax view: the parts of each slice with one history';
