-- Has a sequence go on behind a number that somebody has used without drawing it.
--
-- highest   NULL: nobody has. What is beyond all that will ever be drawn is let alone, or it would use the sequence up
-- locks     the sequence against others who do the same, until the transaction ends
CREATE OR REPLACE FUNCTION rollforward.draw_beyond(sequence regclass, highest bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    beyond_reach CONSTANT bigint := 10 ^ 15;
BEGIN
    IF highest >= beyond_reach THEN
        RETURN;
    END IF;
    IF highest > coalesce(pg_sequence_last_value(sequence), 0) THEN
        PERFORM pg_advisory_xact_lock('pg_class'::regclass::oid::integer, sequence::oid::integer);
        IF highest > coalesce(pg_sequence_last_value(sequence), 0) THEN
            PERFORM setval(sequence, highest);
        END IF;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.draw_beyond IS 'Has a sequence go on behind a number that was used without drawing it';
