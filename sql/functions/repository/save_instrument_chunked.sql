-- Saves instruments in chunks, each a transaction of its own unless atomic.
--
-- A chunk that is refused is reported, and the next one is saved. With atomic, the first one that is refused ends the call, and
-- nothing is saved.
--
-- The arrays and on_conflict are those of save_instrument_batch.
--
-- chunk_size   rows in a chunk, at least 1
-- report       an object for each chunk: chunk, first_ordinal, rows, status (saved or refused), inserted, updated, unchanged,
--              skipped, ms; sqlstate, message, detail and hint of one that was refused, with ordinals counted in the chunk
-- errors       22R01 an argument is NULL, chunk_size is less than 1, or arrays differ in length
--              2D000 called within a transaction, and not atomic
CREATE OR REPLACE PROCEDURE rollforward.save_instrument_chunked(
    symbols text[],
    kinds text[],
    instrument_ids bigint[] DEFAULT NULL,
    currencies text[] DEFAULT NULL,
    multipliers numeric[] DEFAULT NULL,
    underlyings text[] DEFAULT NULL,
    expirations date[] DEFAULT NULL,
    strikes numeric[] DEFAULT NULL,
    option_rights text[] DEFAULT NULL,
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
        'symbols', pg_catalog.cardinality(rollforward.given(symbols, 'symbols')),
        'kinds', pg_catalog.cardinality(rollforward.given(kinds, 'kinds')),
        'instrument_ids', pg_catalog.cardinality(instrument_ids),
        'currencies', pg_catalog.cardinality(currencies),
        'multipliers', pg_catalog.cardinality(multipliers),
        'underlyings', pg_catalog.cardinality(underlyings),
        'expirations', pg_catalog.cardinality(expirations),
        'strikes', pg_catalog.cardinality(strikes),
        'option_rights', pg_catalog.cardinality(option_rights)));
    symbols := rollforward.flattened(symbols);
    kinds := rollforward.flattened(kinds);
    instrument_ids := rollforward.flattened(instrument_ids);
    currencies := rollforward.flattened(currencies);
    multipliers := rollforward.flattened(multipliers);
    underlyings := rollforward.flattened(underlyings);
    expirations := rollforward.flattened(expirations);
    strikes := rollforward.flattened(strikes);
    option_rights := rollforward.flattened(option_rights);
    total := pg_catalog.cardinality(symbols);
    report := '[]';

    WHILE first_ordinal OPERATOR(pg_catalog.<=) total LOOP
        began := pg_catalog.clock_timestamp();
        last_ordinal := first_ordinal OPERATOR(pg_catalog.+) LEAST(
            chunk_size OPERATOR(pg_catalog.-) 1, total OPERATOR(pg_catalog.-) first_ordinal);
        BEGIN
            SELECT rollforward.chunk_outcome(pg_catalog.array_agg(saved.status))
            INTO outcome
            FROM rollforward.save_instrument_batch(
                symbols => symbols[first_ordinal:last_ordinal],
                kinds => kinds[first_ordinal:last_ordinal],
                instrument_ids => instrument_ids[first_ordinal:last_ordinal],
                currencies => currencies[first_ordinal:last_ordinal],
                multipliers => multipliers[first_ordinal:last_ordinal],
                underlyings => underlyings[first_ordinal:last_ordinal],
                expirations => expirations[first_ordinal:last_ordinal],
                strikes => strikes[first_ordinal:last_ordinal],
                option_rights => option_rights[first_ordinal:last_ordinal],
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

COMMENT ON PROCEDURE rollforward.save_instrument_chunked IS 'Saves instruments in chunks, each a transaction of its own unless atomic';
