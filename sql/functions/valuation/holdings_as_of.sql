-- What accounts held on a day, and what it was worth then: units and costs as they were last computed, at the latest close.
--
-- account_ids   accounts to look at; unknown ids yield no row
-- as_of         inclusive
-- returns       a row per position that was open at the end of that day
-- relies on     lot_slice_closed_idx; position_snapshot_pkey, price_pkey: one descent per position
CREATE OR REPLACE FUNCTION rollforward.holdings_as_of(account_ids bigint[], as_of date)
RETURNS TABLE (
    account_id bigint,
    instrument_id bigint,
    currency text,
    moved_on date,
    long_quantity numeric,
    short_quantity numeric,
    long_cost numeric,
    short_cost numeric,
    price_date date,
    market_value numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH held AS (
        SELECT DISTINCT slice.account_id, slice.instrument_id, slice.currency
        FROM rollforward_data.lot_slice AS slice
        WHERE slice.account_id = ANY (holdings_as_of.account_ids)
          AND slice.closed_on >= holdings_as_of.as_of
          AND (slice.closed_on > holdings_as_of.as_of OR slice.closed_by IS NULL)  -- open for ever
          AND slice.entered_on <= holdings_as_of.as_of
    )
    SELECT held.account_id, held.instrument_id, held.currency::text, latest.snapshot_date,
           latest.long_quantity::numeric, latest.short_quantity::numeric, latest.long_cost::numeric,
           latest.short_cost::numeric, priced.price_date,
           rollforward.market_value(
               latest.long_quantity - latest.short_quantity, latest.long_cost - latest.short_cost, priced.close,
               instrument.multiplier,
               instrument.kind IN ('option', 'future_option') AND holdings_as_of.as_of > instrument.expiration)
    FROM held
    JOIN rollforward_data.instrument USING (instrument_id)
    CROSS JOIN LATERAL (
        SELECT snapshot.*
        FROM rollforward_data.position_snapshot AS snapshot
        WHERE snapshot.account_id = held.account_id
          AND snapshot.instrument_id = held.instrument_id
          AND snapshot.currency = held.currency
          AND snapshot.snapshot_date <= holdings_as_of.as_of
        ORDER BY snapshot.snapshot_date DESC
        LIMIT 1
    ) AS latest
    LEFT JOIN LATERAL (
        SELECT known.price_date, known.close
        FROM rollforward.close_as_of(held.account_id, held.instrument_id, holdings_as_of.as_of) AS known
        WHERE instrument.currency = held.currency
    ) AS priced ON true;
END;

COMMENT ON FUNCTION rollforward.holdings_as_of IS 'What accounts held on a day, and what it was worth';
