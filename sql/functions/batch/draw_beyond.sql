-- Has a sequence go on behind a number that somebody has used without drawing it.
--
-- highest   NULL: nobody has
-- locks     the sequence against others who do the same, until the transaction ends
CREATE OR REPLACE FUNCTION rollforward.draw_beyond(sequence regclass, highest bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF highest > coalesce(pg_sequence_last_value(sequence), 0) THEN
        PERFORM pg_advisory_xact_lock('pg_class'::regclass::oid::integer, sequence::oid::integer);
        IF highest > coalesce(pg_sequence_last_value(sequence), 0) THEN
            PERFORM setval(sequence, highest);
        END IF;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.draw_beyond IS 'Has a sequence go on behind a number that was used without drawing it';
