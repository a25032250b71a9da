-- What movements move in each currency: themselves, and what they move in another currency than their own.
CREATE OR REPLACE VIEW rollforward.movement_leg AS
SELECT movement.account_id,
       movement.movement_id,
       movement.accounting_date,
       movement.kind,
       movement.instrument_id,
       leg.is_main,
       leg.currency,
       leg.amount,
       leg.commission,
       leg.fee,
       leg.tax
FROM rollforward_data.movement
CROSS JOIN LATERAL (
    SELECT coalesce(movement.commission_currency <> movement.currency, false) AS apart
) AS commission
CROSS JOIN LATERAL (
    SELECT true AS is_main, movement.currency::text AS currency, movement.amount::numeric AS amount,
           CASE WHEN commission.apart THEN 0 ELSE movement.commission END::numeric AS commission,
           movement.fee::numeric AS fee, movement.tax::numeric AS tax
    UNION ALL
    SELECT false, side.currency, side.amount, side.commission, 0, 0
    FROM rollforward.movement_side(
        movement.counter_amount, movement.counter_currency,
        CASE WHEN commission.apart THEN movement.commission END,
        CASE WHEN commission.apart THEN movement.commission_currency END) AS side
) AS leg;

COMMENT ON VIEW rollforward.movement_leg IS 'What movements move in each currency';
