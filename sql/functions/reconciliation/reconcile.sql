-- What statements and users say of an account and what is computed, where they differ; no row means that all agrees.
--
-- Realized gains of what options have delivered are left out, unless the account counts premiums to its cost.
-- What is computed is read from what is stored: process the account first, a notice says so when it is stale.
--
-- as_of, from_date   at the end of this day; of what was realized: from … to
-- subject            cash, quantity or realized
-- symbol             NULL for cash
-- difference         computed - stated; beyond what the assertion tolerates
-- source             statement or manual
-- errors             22R01 no such account
CREATE OR REPLACE FUNCTION rollforward.reconcile(account_id bigint)
RETURNS TABLE (
    as_of date,
    from_date date,
    subject text,
    currency text,
    symbol text,
    stated numeric,
    computed numeric,
    difference numeric,
    source text
)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    PERFORM rollforward.require_accounts(ARRAY[reconcile.account_id]);
    IF EXISTS (SELECT FROM rollforward.stale_account AS stale WHERE stale.account_id = reconcile.account_id) THEN
        RAISE NOTICE 'account % is stale: what is computed is not up to date', reconcile.account_id
            USING ERRCODE = '00000', HINT = 'SELECT rollforward.process_stale(), then ask again.';
    END IF;

    RETURN QUERY
    WITH said AS (
        SELECT assertion.*
        FROM rollforward_data.assertion
        WHERE assertion.account_id = reconcile.account_id
    ),
    held AS (
        SELECT day.as_of, position.instrument_id, position.currency, sum(position.quantity) AS quantity
        FROM (SELECT DISTINCT said.as_of FROM said WHERE said.subject = 'quantity') AS day
        CROSS JOIN LATERAL rollforward.positions_as_of(ARRAY[reconcile.account_id], day.as_of) AS position
        GROUP BY day.as_of, position.instrument_id, position.currency
    ),
    compared AS (
        SELECT said.*,
               CASE said.subject
                   WHEN 'cash' THEN (
                       SELECT latest.cash_balance
                       FROM rollforward.account_snapshot AS latest
                       WHERE latest.account_id = said.account_id
                         AND latest.currency = said.currency
                         AND latest.snapshot_date <= said.as_of
                       ORDER BY latest.snapshot_date DESC
                       LIMIT 1)
                   WHEN 'quantity' THEN (
                       SELECT held.quantity
                       FROM held
                       WHERE held.as_of = said.as_of
                         AND held.instrument_id = said.instrument_id
                         AND held.currency = said.currency)
                   ELSE (
                       SELECT sum(match.gain)
                       FROM rollforward.lot_match AS match
                       WHERE match.account_id = said.account_id
                         AND match.instrument_id = said.instrument_id
                         AND match.closed_on BETWEEN said.from_date AND said.as_of)
               END AS found,
               said.subject = 'realized' AND EXISTS (
                   SELECT FROM rollforward_data.movement AS ending
                   JOIN rollforward_data.instrument AS option USING (instrument_id)
                   JOIN rollforward_data.account USING (account_id)
                   WHERE ending.account_id = said.account_id
                     AND ending.kind IN ('assignment', 'exercise')
                     AND NOT account.premium_in_cost
                     AND (option.instrument_id = said.instrument_id
                          OR option.underlying = (SELECT share.symbol FROM rollforward_data.instrument AS share
                                                  WHERE share.instrument_id = said.instrument_id))
               ) AS is_delivered
        FROM said
    )
    SELECT compared.as_of, compared.from_date, compared.subject::text, compared.currency::text, instrument.symbol,
           trim_scale(compared.value), trim_scale(coalesce(compared.found, 0)),
           trim_scale(coalesce(compared.found, 0) - compared.value), compared.source
    FROM compared
    LEFT JOIN rollforward_data.instrument USING (instrument_id)
    WHERE abs(coalesce(compared.found, 0) - compared.value) > compared.tolerance
      -- brokers may count a premium to the shares that an option delivers; premium_in_cost makes it so here too
      AND NOT (compared.subject = 'realized' AND compared.is_delivered)
    ORDER BY compared.as_of, compared.subject, compared.currency, instrument.symbol;
END
$$;

COMMENT ON FUNCTION rollforward.reconcile IS 'What statements and users say of an account and what is computed, where they differ';
