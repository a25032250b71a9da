-- Finds out what becomes of the staged movements that are stored already: they are skipped, or updated, or unchanged.
--
-- on_conflict   error: none of them is looked for; the keys of the table refuse them
-- errors        23R01 two rows are one movement, or one was deleted, and on_conflict is error
-- locks         rows that may be updated, in the order of their keys
CREATE OR REPLACE FUNCTION rollforward.match_movement_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    IF EXISTS (SELECT FROM batch_movement JOIN rollforward_data.deleted_movement USING (account_id, natural_key)) THEN
        IF match_movement_stage.on_conflict = 'error' THEN
            PERFORM rollforward.refuse_batch('movement', 'save');
        END IF;
        PERFORM rollforward.match_deleted_movement_stage(match_movement_stage.on_conflict);
    END IF;
    IF match_movement_stage.on_conflict = 'error' THEN
        RETURN;
    END IF;

    IF EXISTS (
        SELECT FROM batch_movement AS staged
        WHERE staged.movement_id IS NOT NULL
        GROUP BY staged.account_id, staged.movement_id
        HAVING count(*) > 1)
    THEN
        PERFORM rollforward.refuse_batch('movement', 'save', match_movement_stage.on_conflict);
    END IF;

    IF match_movement_stage.on_conflict = 'skip' THEN
        UPDATE batch_movement AS staged
        SET stored_version = known.version, status = 'skipped'
        FROM rollforward_data.movement AS known
        WHERE known.account_id = staged.account_id
          AND known.movement_id = staged.movement_id;
        RETURN;
    END IF;

    -- one that comes to be behind this statement is not locked, and not changed: inserting it fails, and all begins anew
    WITH locked AS (
        SELECT known.account_id, known.movement_id, known.version
        FROM rollforward_data.movement AS known
        JOIN batch_movement AS staged USING (account_id, movement_id)
        ORDER BY known.account_id, known.movement_id
        FOR NO KEY UPDATE OF known
    )
    UPDATE batch_movement AS staged
    SET stored_version = locked.version, status = 'unchanged'
    FROM locked
    WHERE locked.account_id = staged.account_id
      AND locked.movement_id = staged.movement_id;

    UPDATE batch_movement AS staged
    SET status = 'updated'
    FROM rollforward_data.movement AS known
    WHERE staged.status = 'unchanged'
      AND known.account_id = staged.account_id
      AND known.movement_id = staged.movement_id
      AND (known.occurred_at, known.accounting_date, known.kind, known.effect, known.side, known.currency,
           known.instrument_id, known.to_instrument_id, known.quantity, known.price, known.amount, known.commission,
           known.fee, known.tax, known.commission_currency, known.counter_amount, known.counter_currency, known.per_quantity,
           known.lot_ref, known.external_id, known.description, known.natural_key)
          IS DISTINCT FROM (
              staged.occurred_at, staged.accounting_date, staged.kind::rollforward_data.movement_kind,
              staged.effect::rollforward_data.movement_effect, staged.side::rollforward_data.position_side, staged.currency,
              staged.instrument_id, staged.to_instrument_id, staged.quantity::rollforward_data.exact_quantity,
              staged.price::rollforward_data.exact_price, coalesce(staged.amount::rollforward_data.exact_money, 0),
              coalesce(staged.commission::rollforward_data.exact_money, 0),
              coalesce(staged.fee::rollforward_data.exact_money, 0), coalesce(staged.tax::rollforward_data.exact_money, 0),
              staged.commission_currency, staged.counter_amount::rollforward_data.exact_money, staged.counter_currency,
              staged.per_quantity::rollforward_data.exact_quantity, staged.lot_ref, staged.external_id, staged.description,
              staged.natural_key);
END
$$;

COMMENT ON FUNCTION rollforward.match_movement_stage IS 'Finds out what becomes of the staged movements that are stored already';
