-- Long lots in the tax view: each slice as a piece of a family, in the order in which pieces leave.
--
-- Accounts of one person count together; an account without a person counts by itself. Purchases and sales of an
-- instrument and currency make a family; units are those of the latest day, so that splits and changes of symbol between a
-- sale and its replacement do not matter: each piece is followed through the splits and strike adjustments of its account
-- that come after it. Units that travel to another account of the same person stay; other transfers out leave.
--
-- account_ids   accounts that exist; those that count together with them are included
-- returns       a row per slice that was sold, left, or is still there:
--     family_id      the instrument that all of the family has become
--     closing_no     what it left by, in order; NULL: it is still there
--     is_transfer    whether it left without being sold
--     replaces       whether its opening is a purchase of the same person
--     units          that left or are there, in those of the slice
--     latest_units   what did not stay with the person, in those of the latest day
--     purchase_no    its opening within the family, in order
--     piece_no       its place within the family: in order of closing, then of acquisition
-- relies on     account_person_idx, lot_slice_pkey, movement_pkey, movement_of_lots_idx, split_pkey
CREATE OR REPLACE FUNCTION rollforward.tax_pieces(account_ids bigint[])
RETURNS TABLE (
    owner_id bigint,
    currency text,
    family_id bigint,
    account_id bigint,
    opened_by bigint,
    opened_in bigint,
    opened_on date,
    entered_by bigint,
    instrument_id bigint,
    lot_offset numeric,
    closed_on date,
    closing_no integer,
    is_transfer boolean,
    replaces boolean,
    cost numeric,
    proceeds numeric,
    units numeric,
    latest_units numeric,
    purchase_no integer,
    piece_no bigint
)
LANGUAGE plpgsql STABLE PARALLEL SAFE
ROWS 100000
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE asked AS (
        SELECT account.account_id, account.person_id
        FROM rollforward_data.account
        WHERE account.account_id = ANY (tax_pieces.account_ids)
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
    )
    SELECT slice.owner_id, slice.currency::text, family.family_id, slice.account_id, slice.opened_by, slice.opened_in,
           slice.opened_on, slice.entered_by, slice.instrument_id, slice.lot_offset::numeric, slice.closed_on,
           slice.closing_no, slice.closing_kind IS NOT DISTINCT FROM 'securities_out', slice.replaces,
           slice.cost::numeric, slice.proceeds::numeric, slice.units,
           CASE WHEN followed.moving_no IS NULL THEN slice.units - coalesce(staying.units, 0)
                ELSE ((slice.units - coalesce(staying.units, 0)) * followed.quantity)::numeric(100, 40)
                         / followed.per_quantity
           END,
           dense_rank() OVER (
               PARTITION BY slice.owner_id, slice.currency, family.family_id ORDER BY slice.acquired)::integer,
           row_number() OVER (
               PARTITION BY slice.owner_id, slice.currency, family.family_id
               ORDER BY slice.closing_no, slice.acquired, slice.entered_on, slice.entered_by, slice.account_id,
                        slice.lot_offset)
    FROM slice
    JOIN in_time USING (slice_no)
    LEFT JOIN followed ON followed.moving_no = in_time.moving_no
    LEFT JOIN staying ON staying.slice_no = slice.slice_no
    CROSS JOIN LATERAL (SELECT coalesce(followed.family_id, slice.instrument_id) AS family_id) AS family
    WHERE slice.units > coalesce(staying.units, 0);
END
$$;

COMMENT ON FUNCTION rollforward.tax_pieces IS 'Long lots in the tax view: each slice as a piece of a family';
