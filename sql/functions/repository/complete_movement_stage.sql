-- Completes staged movements by what calls them: natural_key, where none is given, is a digest of what they say.
--
-- on_conflict   unless it is error, rows that are stored already are given their key
CREATE OR REPLACE FUNCTION rollforward.complete_movement_stage(on_conflict text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE batch_movement AS staged
    SET natural_key = substr(sha256(convert_to(ROW(
        extract(epoch FROM staged.occurred_at), extract(epoch FROM staged.accounting_date), staged.kind, staged.effect,
        staged.side, staged.currency, staged.instrument_id, staged.to_instrument_id, trim_scale(round(staged.quantity, 12)),
        trim_scale(round(staged.price, 12)), trim_scale(round(coalesce(staged.amount, 0), 8)),
        trim_scale(round(coalesce(staged.commission, 0), 8)), trim_scale(round(coalesce(staged.fee, 0), 8)),
        trim_scale(round(coalesce(staged.tax, 0), 8)), staged.commission_currency,
        trim_scale(round(staged.counter_amount, 8)), staged.counter_currency, trim_scale(round(staged.per_quantity, 12)),
        staged.lot_ref, staged.external_id, staged.description)::text, 'UTF8')), 1, 16)
    WHERE staged.natural_key IS NULL;

    UPDATE batch_movement AS staged
    SET movement_id = known.movement_id
    FROM rollforward_data.movement AS known
    WHERE complete_movement_stage.on_conflict <> 'error'
      AND staged.movement_id IS NULL
      AND known.account_id = staged.account_id
      AND known.natural_key = staged.natural_key;
END
$$;

COMMENT ON FUNCTION rollforward.complete_movement_stage IS 'Completes staged movements by what calls them';
