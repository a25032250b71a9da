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
    natural_keies bytea[] DEFAULT NULL,
    chunk_size integer DEFAULT 1000,
    on_conflict text DEFAULT 'error',
    atomic boolean DEFAULT false,
    INOUT report jsonb DEFAULT NULL
)
LANGUAGE plpgsql
AS $$
DECLARE
    total CONSTANT integer := pg_catalog.cardinality(account_ids);
    first_ordinal integer := 1;
    last_ordinal integer;
    began timestamptz;
    outcome jsonb;
    state text;
    message text;
    detail text;
    hint text;
BEGIN
    PERFORM rollforward.require_chunks(chunk_size, atomic, pg_catalog.jsonb_build_object(
        'account_ids', pg_catalog.cardinality(account_ids),
        'occurred_ats', pg_catalog.cardinality(occurred_ats),
        'accounting_dates', pg_catalog.cardinality(accounting_dates),
        'kinds', pg_catalog.cardinality(kinds),
        'currencies', pg_catalog.cardinality(currencies),
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
        'natural_keies', pg_catalog.cardinality(natural_keies)));
    report := '[]';

    WHILE first_ordinal OPERATOR(pg_catalog.<=) total LOOP
        began := pg_catalog.clock_timestamp();
        last_ordinal := first_ordinal OPERATOR(pg_catalog.+) chunk_size OPERATOR(pg_catalog.-) 1;
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
                natural_keies => natural_keies[first_ordinal:last_ordinal],
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
