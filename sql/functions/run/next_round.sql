-- Counts the rounds in which accounts follow each other because lots went from one to the other.
--
-- waiting   who is to be computed in it
-- errors    22R03 after a thousand: transfers of securities go round in a circle
CREATE OR REPLACE FUNCTION rollforward.next_round(rounds integer, waiting bigint[])
RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rounds >= 1000 THEN
        RAISE EXCEPTION 'securities transferred between accounts go round in a circle'
            USING ERRCODE = '22R03',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'account_ids', 'value', to_jsonb(waiting))),
                  HINT = 'Look for transfers of the same day and external_id that lead from account to account and back.';
    END IF;
    RETURN rounds + 1;
END
$$;

COMMENT ON FUNCTION rollforward.next_round IS 'Counts the rounds in which accounts follow each other';
