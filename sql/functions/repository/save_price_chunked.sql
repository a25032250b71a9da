-- Saves prices in chunks, each a transaction of its own unless atomic.
--
-- A chunk that is refused is reported, and the next one is saved. With atomic, the first one that is refused ends the call, and
-- nothing is saved.
--
-- The arrays and on_conflict are those of save_price_batch.
--
-- chunk_size   rows in a chunk, at least 1
-- report       an object for each chunk: chunk, first_ordinal, rows, status (saved or refused), inserted, updated, unchanged,
--              skipped, ms; sqlstate, message, detail and hint of one that was refused, with ordinals counted in the chunk
-- errors       22R01 an argument is NULL, chunk_size is less than 1, or arrays differ in length
--              2D000 called within a transaction, and not atomic
CREATE OR REPLACE PROCEDURE rollforward.save_price_chunked(
    instrument_ids bigint[],
    price_dates date[],
    closes numeric[],
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
        'instrument_ids', pg_catalog.cardinality(rollforward.given(instrument_ids, 'instrument_ids')),
        'price_dates', pg_catalog.cardinality(rollforward.given(price_dates, 'price_dates')),
        'closes', pg_catalog.cardinality(rollforward.given(closes, 'closes'))));
    instrument_ids := rollforward.flattened(instrument_ids);
    price_dates := rollforward.flattened(price_dates);
    closes := rollforward.flattened(closes);
    total := pg_catalog.cardinality(instrument_ids);
    report := '[]';

    WHILE first_ordinal OPERATOR(pg_catalog.<=) total LOOP
        began := pg_catalog.clock_timestamp();
        last_ordinal := first_ordinal OPERATOR(pg_catalog.+) LEAST(
            chunk_size OPERATOR(pg_catalog.-) 1, total OPERATOR(pg_catalog.-) first_ordinal);
        BEGIN
            SELECT rollforward.chunk_outcome(pg_catalog.array_agg(saved.status))
            INTO outcome
            FROM rollforward.save_price_batch(
                instrument_ids => instrument_ids[first_ordinal:last_ordinal],
                price_dates => price_dates[first_ordinal:last_ordinal],
                closes => closes[first_ordinal:last_ordinal],
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

COMMENT ON PROCEDURE rollforward.save_price_chunked IS 'Saves prices in chunks, each a transaction of its own unless atomic';
