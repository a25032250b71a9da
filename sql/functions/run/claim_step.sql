-- Takes a step of a run: locks its row until the transaction ends, so that nobody else takes it, and everybody can when this
-- session dies. Waits while others are at steps that it may have to take over, or that must be done before.
--
-- returns   its number; NULL when no step is left
CREATE OR REPLACE FUNCTION rollforward.claim_step(run_id bigint)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = 0  -- waiting for the others is what it is for
AS $$
#variable_conflict use_column
DECLARE
    claimed integer;
BEGIN
    LOOP
        SELECT step.step_no INTO claimed
        FROM rollforward_data.run_step AS step
        JOIN rollforward.processing_phase AS declared USING (phase)
        WHERE step.run_id = claim_step.run_id
          AND step.status = 'waiting'
          AND NOT EXISTS (
              SELECT FROM rollforward_data.run_step AS before
              WHERE before.run_id = step.run_id
                AND before.status = 'waiting'
                AND before.phase = ANY (declared.requires))
        ORDER BY step.step_no
        LIMIT 1
        FOR UPDATE OF step SKIP LOCKED;
        IF claimed IS NOT NULL THEN
            RETURN claimed;
        END IF;

        -- somebody is at it, or at what must be done before
        SELECT min(step.step_no) INTO claimed
        FROM rollforward_data.run_step AS step
        WHERE step.run_id = claim_step.run_id
          AND step.status = 'waiting';
        IF claimed IS NULL THEN
            RETURN NULL;
        END IF;
        PERFORM FROM rollforward_data.run_step AS step
        WHERE step.run_id = claim_step.run_id
          AND step.step_no = claimed
        FOR UPDATE;
    END LOOP;
END
$$;

COMMENT ON FUNCTION rollforward.claim_step IS 'Takes a step of a run';
