-- Every event of an account, as recorded.
CREATE OR REPLACE VIEW rollforward.movement AS
SELECT movement.account_id,
       movement.movement_id,
       movement.occurred_at,
       movement.accounting_date,
       movement.kind,
       movement.effect,
       movement.side,
       instrument.symbol,
       successor.symbol AS to_symbol,
       movement.quantity,
       movement.price,
       movement.amount,
       movement.commission,
       movement.fee,
       movement.tax,
       movement.currency,
       movement.external_id,
       movement.description,
       movement.recorded_at,
       movement.instrument_id,
       movement.to_instrument_id,
       movement.commission_currency,
       movement.counter_amount,
       movement.counter_currency,
       movement.per_quantity,
       movement.lot_ref
FROM rollforward_data.movement
LEFT JOIN rollforward_data.instrument ON instrument.instrument_id = movement.instrument_id
LEFT JOIN rollforward_data.instrument AS successor ON successor.instrument_id = movement.to_instrument_id;

COMMENT ON VIEW rollforward.movement IS 'Every event of an account: money, trades, transfers, expirations';
