-- Of the positions staged to be valued, private ones at cost apart, how many have a close of the look-back.
CREATE OR REPLACE FUNCTION rollforward.stage_coverage(OUT priced bigint, OUT valued bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT coalesce(sum(worth.positions_priced), 0), coalesce(sum(worth.open_positions - worth.positions_private), 0)
    INTO priced, valued
    FROM stage_worth AS worth;
END
$$;

COMMENT ON FUNCTION rollforward.stage_coverage IS 'How many of the positions valued have a close of the look-back';
