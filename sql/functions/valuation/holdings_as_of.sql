-- What an account held in a currency on a day, and what it was worth then.
--
-- relies on   position_snapshot_date_idx, price_pkey
CREATE OR REPLACE FUNCTION rollforward.holdings_as_of(account_id bigint, currency text, as_of date)
RETURNS TABLE (
    instrument_id bigint,
    symbol text,
    snapshot_date date,
    is_option boolean,
    quantity numeric,
    long_cost numeric,
    short_cost numeric,
    price_date date,
    market_value numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH latest AS (
        SELECT DISTINCT ON (snapshot.instrument_id) snapshot.*
        FROM rollforward_data.position_snapshot AS snapshot
        WHERE snapshot.account_id = holdings_as_of.account_id
          AND snapshot.currency = holdings_as_of.currency
          AND snapshot.snapshot_date <= holdings_as_of.as_of
        ORDER BY snapshot.instrument_id, snapshot.snapshot_date DESC
    )
    SELECT latest.instrument_id, instrument.symbol::text, latest.snapshot_date,
           instrument.kind IN ('option', 'future_option'),
           (latest.long_quantity - latest.short_quantity)::numeric,
           latest.long_cost::numeric, latest.short_cost::numeric, priced.price_date,
           rollforward.market_value(
               latest.long_quantity - latest.short_quantity, latest.long_cost - latest.short_cost, priced.close,
               instrument.multiplier, holdings_as_of.as_of > instrument.expiration)
    FROM latest
    JOIN rollforward_data.instrument USING (instrument_id)
    LEFT JOIN LATERAL (
        SELECT known.price_date, known.close
        FROM rollforward.close_as_of(latest.account_id, latest.instrument_id, holdings_as_of.as_of) AS known
        WHERE instrument.currency = latest.currency
    ) AS priced ON true
    WHERE latest.long_quantity <> 0
       OR latest.short_quantity <> 0;
END;

COMMENT ON FUNCTION rollforward.holdings_as_of IS 'What an account held in a currency on a day, and what it was worth';
