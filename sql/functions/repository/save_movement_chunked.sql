-- Saves movements in chunks, each a transaction of its own unless atomic.
--
-- A chunk that is refused is reported, and the next one is saved. With atomic, the first one that is refused ends the call, and
-- nothing is saved.
--
-- The arrays and on_conflict are those of save_movement_batch.
--
-- chunk_size   rows in a chunk, at least 1
-- report       an object for each chunk: chunk, first_ordinal, rows, status (saved or refused), inserted, updated, unchanged,
--              skipped, ms; sqlstate, message, detail and hint of one that was refused, with ordinals counted in the chunk
-- errors       22R01 an argument is NULL, chunk_size is less than 1, or arrays differ in length
--              2D000 called within a transaction, and not atomic
CREATE OR REPLACE PROCEDURE rollforward.save_movement_chunked(
    account_ids bigint[],
    occurred_ats timestamptz[],
    accounting_dates date[],
    kinds text[],
    currencies text[],
    movement_ids bigint[] DEFAULT NULL,
    effects text[] DEFAULT NULL,
    sides text[] DEFAULT NULL,
    instrument_ids bigint[] DEFAULT NULL,
    to_instrument_ids bigint[] DEFAULT NULL,
    quantities numeric[] DEFAULT NULL,
    prices numeric[] DEFAULT NULL,
    amounts numeric[] DEFAULT NULL,
    commissions numeric[] DEFAULT NULL,
    fees numeric[] DEFAULT NULL,
    taxes numeric[] DEFAULT NULL,
    commission_currencies text[] DEFAULT NULL,
    counter_amounts numeric[] DEFAULT NULL,
    counter_currencies text[] DEFAULT NULL,
    per_quantities numeric[] DEFAULT NULL,
    lot_refs text[] DEFAULT NULL,
    external_ids text[] DEFAULT NULL,
    descriptions text[] DEFAULT NULL,
    natural_keys bytea[] DEFAULT NULL,
    chunk_size integer DEFAULT 1000,
    on_conflict text DEFAULT 'error',
    atomic boolean DEFAULT false,
    INOUT report jsonb DEFAULT NULL
)
LANGUAGE plpgsql
AS $$
DECLARE
    total integer;
    first_ordinal integer := 1;
    last_ordinal integer;
    began timestamptz;
    outcome jsonb;
    state text;
    message text;
    detail text;
    hint text;
BEGIN
    PERFORM rollforward.require_chunks(chunk_size, on_conflict, atomic, pg_catalog.jsonb_build_object(
        'account_ids', pg_catalog.cardinality(rollforward.given(account_ids, 'account_ids')),
        'occurred_ats', pg_catalog.cardinality(rollforward.given(occurred_ats, 'occurred_ats')),
        'accounting_dates', pg_catalog.cardinality(rollforward.given(accounting_dates, 'accounting_dates')),
        'kinds', pg_catalog.cardinality(rollforward.given(kinds, 'kinds')),
        'currencies', pg_catalog.cardinality(rollforward.given(currencies, 'currencies')),
        'movement_ids', pg_catalog.cardinality(movement_ids),
        'effects', pg_catalog.cardinality(effects),
        'sides', pg_catalog.cardinality(sides),
        'instrument_ids', pg_catalog.cardinality(instrument_ids),
        'to_instrument_ids', pg_catalog.cardinality(to_instrument_ids),
        'quantities', pg_catalog.cardinality(quantities),
        'prices', pg_catalog.cardinality(prices),
        'amounts', pg_catalog.cardinality(amounts),
        'commissions', pg_catalog.cardinality(commissions),
        'fees', pg_catalog.cardinality(fees),
        'taxes', pg_catalog.cardinality(taxes),
        'commission_currencies', pg_catalog.cardinality(commission_currencies),
        'counter_amounts', pg_catalog.cardinality(counter_amounts),
        'counter_currencies', pg_catalog.cardinality(counter_currencies),
        'per_quantities', pg_catalog.cardinality(per_quantities),
        'lot_refs', pg_catalog.cardinality(lot_refs),
        'external_ids', pg_catalog.cardinality(external_ids),
        'descriptions', pg_catalog.cardinality(descriptions),
        'natural_keys', pg_catalog.cardinality(natural_keys)));
    account_ids := rollforward.flattened(account_ids);
    occurred_ats := rollforward.flattened(occurred_ats);
    accounting_dates := rollforward.flattened(accounting_dates);
    kinds := rollforward.flattened(kinds);
    currencies := rollforward.flattened(currencies);
    movement_ids := rollforward.flattened(movement_ids);
    effects := rollforward.flattened(effects);
    sides := rollforward.flattened(sides);
    instrument_ids := rollforward.flattened(instrument_ids);
    to_instrument_ids := rollforward.flattened(to_instrument_ids);
    quantities := rollforward.flattened(quantities);
    prices := rollforward.flattened(prices);
    amounts := rollforward.flattened(amounts);
    commissions := rollforward.flattened(commissions);
    fees := rollforward.flattened(fees);
    taxes := rollforward.flattened(taxes);
    commission_currencies := rollforward.flattened(commission_currencies);
    counter_amounts := rollforward.flattened(counter_amounts);
    counter_currencies := rollforward.flattened(counter_currencies);
    per_quantities := rollforward.flattened(per_quantities);
    lot_refs := rollforward.flattened(lot_refs);
    external_ids := rollforward.flattened(external_ids);
    descriptions := rollforward.flattened(descriptions);
    natural_keys := rollforward.flattened(natural_keys);
    total := pg_catalog.cardinality(account_ids);
    report := '[]';

    WHILE first_ordinal OPERATOR(pg_catalog.<=) total LOOP
        began := pg_catalog.clock_timestamp();
        last_ordinal := first_ordinal OPERATOR(pg_catalog.+) LEAST(
            chunk_size OPERATOR(pg_catalog.-) 1, total OPERATOR(pg_catalog.-) first_ordinal);
        BEGIN
            SELECT rollforward.chunk_outcome(pg_catalog.array_agg(saved.status))
            INTO outcome
            FROM rollforward.save_movement_batch(
                account_ids => account_ids[first_ordinal:last_ordinal],
                occurred_ats => occurred_ats[first_ordinal:last_ordinal],
                accounting_dates => accounting_dates[first_ordinal:last_ordinal],
                kinds => kinds[first_ordinal:last_ordinal],
                currencies => currencies[first_ordinal:last_ordinal],
                movement_ids => movement_ids[first_ordinal:last_ordinal],
                effects => effects[first_ordinal:last_ordinal],
                sides => sides[first_ordinal:last_ordinal],
                instrument_ids => instrument_ids[first_ordinal:last_ordinal],
                to_instrument_ids => to_instrument_ids[first_ordinal:last_ordinal],
                quantities => quantities[first_ordinal:last_ordinal],
                prices => prices[first_ordinal:last_ordinal],
                amounts => amounts[first_ordinal:last_ordinal],
                commissions => commissions[first_ordinal:last_ordinal],
                fees => fees[first_ordinal:last_ordinal],
                taxes => taxes[first_ordinal:last_ordinal],
                commission_currencies => commission_currencies[first_ordinal:last_ordinal],
                counter_amounts => counter_amounts[first_ordinal:last_ordinal],
                counter_currencies => counter_currencies[first_ordinal:last_ordinal],
                per_quantities => per_quantities[first_ordinal:last_ordinal],
                lot_refs => lot_refs[first_ordinal:last_ordinal],
                external_ids => external_ids[first_ordinal:last_ordinal],
                descriptions => descriptions[first_ordinal:last_ordinal],
                natural_keys => natural_keys[first_ordinal:last_ordinal],
                on_conflict => on_conflict) AS saved;
        EXCEPTION
            WHEN OTHERS THEN
                IF atomic OR SQLSTATE OPERATOR(pg_catalog.=) '57014' THEN
                    RAISE;
                END IF;
                GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
                    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
                outcome := rollforward.chunk_refusal(state, message, detail, hint);
        END;
        IF NOT atomic THEN
            COMMIT;
        END IF;
        report := rollforward.chunk_reported(report, first_ordinal, total, chunk_size, began, outcome);
        first_ordinal := last_ordinal OPERATOR(pg_catalog.+) 1;
    END LOOP;
END
$$;

COMMENT ON PROCEDURE rollforward.save_movement_chunked IS 'Saves movements in chunks, each a transaction of its own unless atomic';
