-- What one movement adds to each cumulative figure of its day: the one place that says so.
--
-- kind, amount, commission, fee, tax   as in rollforward.movement; amount is signed and gross
-- is_option                            whether the instrument is an option; its premiums are options income
-- returns                              one row; NULL where the kind adds nothing, so that sums skip it
CREATE OR REPLACE FUNCTION rollforward.movement_contribution(
    kind rollforward_data.movement_kind,
    is_option boolean,
    amount numeric,
    commission numeric,
    fee numeric,
    tax numeric
)
RETURNS TABLE (
    counted integer,
    deposited numeric,
    withdrawn numeric,
    dividends numeric,
    dividend_taxes numeric,
    options_income numeric,
    other_income numeric,
    commissions numeric,
    fees numeric,
    cash numeric,
    contributed numeric
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT
        CASE WHEN movement_contribution.kind NOT IN ('strike_adjustment', 'split') THEN 1 END,
        CASE WHEN movement_contribution.kind IN ('deposit', 'cash_in')
                  OR (movement_contribution.kind = 'conversion' AND movement_contribution.amount > 0)
             THEN movement_contribution.amount
        END,
        CASE WHEN movement_contribution.kind IN ('withdrawal', 'cash_out')
                  OR (movement_contribution.kind = 'conversion' AND movement_contribution.amount < 0)
             THEN -movement_contribution.amount
        END,
        CASE WHEN movement_contribution.kind = 'dividend' THEN movement_contribution.amount END,
        CASE movement_contribution.kind
            WHEN 'dividend_tax' THEN -movement_contribution.amount
            WHEN 'dividend' THEN nullif(movement_contribution.tax, 0)
        END,
        CASE WHEN movement_contribution.is_option
                  AND movement_contribution.kind IN ('buy', 'sell', 'expiration', 'assignment', 'exercise')
             THEN nullif(movement_contribution.amount, 0)
        END,
        CASE WHEN movement_contribution.kind IN ('interest', 'interest_paid', 'lending') THEN movement_contribution.amount END,
        nullif(movement_contribution.commission, 0),
        nullif(
            movement_contribution.fee
            + CASE WHEN movement_contribution.kind IN ('fee', 'adjustment') THEN -movement_contribution.amount ELSE 0 END
            + CASE WHEN movement_contribution.kind <> 'dividend' THEN movement_contribution.tax ELSE 0 END,
            0),
        movement_contribution.amount
            - movement_contribution.commission
            - movement_contribution.fee
            - movement_contribution.tax,
        CASE WHEN movement_contribution.kind IN ('deposit', 'withdrawal', 'cash_in', 'cash_out', 'securities_in', 'securities_out')
             THEN nullif(movement_contribution.amount, 0)
        END;
END;

COMMENT ON FUNCTION rollforward.movement_contribution IS 'What one movement adds to each cumulative figure of its day';
