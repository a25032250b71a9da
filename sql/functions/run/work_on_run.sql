-- Computes what is left of a run, a step in a transaction, until nothing is left or it is cancelled.
--
-- As many sessions as one likes may work on a run, from several machines; each takes steps that nobody else has. What a session
-- was at when it died is done by another one. When the call returns, the run is over: this session waits for the others.
--
-- errors   22R01 there is no such run; 57014 the run was cancelled; 2D000 called within a transaction
CREATE OR REPLACE PROCEDURE rollforward.work_on_run(run_id bigint)
LANGUAGE plpgsql
AS $$
DECLARE
    outcome pg_catalog.text := 'done';
    attempt integer := 0;
BEGIN
    -- every step is a transaction that sees what others have committed, whatever the session's default
    COMMIT;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    WHILE outcome OPERATOR(pg_catalog.=) ANY (ARRAY['done', 'again']) LOOP
        outcome := rollforward.perform_next_step(run_id);
        COMMIT;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        IF outcome OPERATOR(pg_catalog.=) 'again' THEN
            attempt := attempt OPERATOR(pg_catalog.+) 1;
            -- those who met should not meet again
            PERFORM pg_catalog.pg_sleep(
                pg_catalog.random() OPERATOR(pg_catalog.*) 0.05 OPERATOR(pg_catalog.*) pg_catalog.power(2, attempt));
        ELSE
            attempt := 0;
        END IF;
    END LOOP;
    IF outcome OPERATOR(pg_catalog.=) 'cancelled' THEN
        RAISE EXCEPTION 'run % was cancelled', run_id
            USING ERRCODE = '57014', HINT = pg_catalog.format('SELECT rollforward.resume_run(%s) does what is left of it.', run_id);
    END IF;
END
$$;

COMMENT ON PROCEDURE rollforward.work_on_run IS 'Computes what is left of a run, a step in a transaction';
