-- Saves accounts in chunks, each a transaction of its own unless atomic.
--
-- A chunk that is refused is reported, and the next one is saved. With atomic, the first one that is refused ends the call, and
-- nothing is saved.
--
-- The arrays and on_conflict are those of save_account_batch.
--
-- chunk_size   rows in a chunk, at least 1
-- report       an object for each chunk: chunk, first_ordinal, rows, status (saved or refused), inserted, updated, unchanged,
--              skipped, ms; sqlstate, message, detail and hint of one that was refused, with ordinals counted in the chunk
-- errors       22R01 an argument is NULL, chunk_size is less than 1, or arrays differ in length
--              2D000 called within a transaction, and not atomic
CREATE OR REPLACE PROCEDURE rollforward.save_account_chunked(
    numbers text[],
    base_currencies text[],
    account_ids bigint[] DEFAULT NULL,
    person_ids bigint[] DEFAULT NULL,
    broker_ids bigint[] DEFAULT NULL,
    calendars text[] DEFAULT NULL,
    costs_in_lots boolean[] DEFAULT NULL,
    premium_in_costs boolean[] DEFAULT NULL,
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
        'numbers', pg_catalog.cardinality(rollforward.given(numbers, 'numbers')),
        'base_currencies', pg_catalog.cardinality(rollforward.given(base_currencies, 'base_currencies')),
        'account_ids', pg_catalog.cardinality(account_ids),
        'person_ids', pg_catalog.cardinality(person_ids),
        'broker_ids', pg_catalog.cardinality(broker_ids),
        'calendars', pg_catalog.cardinality(calendars),
        'costs_in_lots', pg_catalog.cardinality(costs_in_lots),
        'premium_in_costs', pg_catalog.cardinality(premium_in_costs)));
    numbers := rollforward.flattened(numbers);
    base_currencies := rollforward.flattened(base_currencies);
    account_ids := rollforward.flattened(account_ids);
    person_ids := rollforward.flattened(person_ids);
    broker_ids := rollforward.flattened(broker_ids);
    calendars := rollforward.flattened(calendars);
    costs_in_lots := rollforward.flattened(costs_in_lots);
    premium_in_costs := rollforward.flattened(premium_in_costs);
    total := pg_catalog.cardinality(numbers);
    report := '[]';

    WHILE first_ordinal OPERATOR(pg_catalog.<=) total LOOP
        began := pg_catalog.clock_timestamp();
        last_ordinal := first_ordinal OPERATOR(pg_catalog.+) LEAST(
            chunk_size OPERATOR(pg_catalog.-) 1, total OPERATOR(pg_catalog.-) first_ordinal);
        BEGIN
            SELECT rollforward.chunk_outcome(pg_catalog.array_agg(saved.status))
            INTO outcome
            FROM rollforward.save_account_batch(
                numbers => numbers[first_ordinal:last_ordinal],
                base_currencies => base_currencies[first_ordinal:last_ordinal],
                account_ids => account_ids[first_ordinal:last_ordinal],
                person_ids => person_ids[first_ordinal:last_ordinal],
                broker_ids => broker_ids[first_ordinal:last_ordinal],
                calendars => calendars[first_ordinal:last_ordinal],
                costs_in_lots => costs_in_lots[first_ordinal:last_ordinal],
                premium_in_costs => premium_in_costs[first_ordinal:last_ordinal],
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

COMMENT ON PROCEDURE rollforward.save_account_chunked IS 'Saves accounts in chunks, each a transaction of its own unless atomic';
