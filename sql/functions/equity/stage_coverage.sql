-- Of the positions staged to be valued, private ones at cost apart, how many in a hundred have a close of the look-back.
--
-- returns   to 2 decimals; NULL where there are none
CREATE OR REPLACE FUNCTION rollforward.stage_coverage()
RETURNS numeric
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT trunc(100.0 * sum(worth.positions_priced)
                     / nullif(sum(worth.open_positions - worth.positions_private), 0), 2)
        FROM stage_worth AS worth);
END
$$;

COMMENT ON FUNCTION rollforward.stage_coverage IS 'How many in a hundred of the positions valued have a close of the look-back';
