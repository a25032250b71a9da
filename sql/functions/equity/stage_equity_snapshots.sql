-- Adds everything up in the base currency and rolls it forward: stage_equity_snapshot, a row per account and trading day.
--
-- Nothing is carried from day to day but the closing figures of the row before: every level is that of its own day.
--
-- days        trading days by their number, as stage_days() returns them
-- errors      22R04 a trading day would be left without a row
CREATE OR REPLACE FUNCTION rollforward.stage_equity_snapshots(days date[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off  -- the planner cannot know over how many days a stretch goes: hash joins do not care
SET enable_mergejoin = off
AS $$
DECLARE
    rows_staged bigint;
    rows_due bigint;
BEGIN
    INSERT INTO stage_equity_snapshot
    WITH level AS (
        SELECT cash.account_id, cash.currency, step.day_no, cash.cash,
               coalesce(worth.long_value, 0) AS long_value, coalesce(worth.short_value, 0) AS short_value,
               coalesce(worth.unrealized, 0) AS unrealized,
               CASE WHEN step.day_no = cash.since_no THEN cash.contributed ELSE 0 END
                   + coalesce(transferred.worth, 0) AS flow,
               CASE WHEN step.day_no = cash.since_no THEN cash.realized ELSE 0 END AS realized,
               CASE WHEN step.day_no = cash.since_no THEN cash.income ELSE 0 END AS income,
               CASE WHEN step.day_no = cash.since_no THEN cash.costs ELSE 0 END AS costs,
               coalesce(transferred.gain, 0) AS transferred_gain,
               worth.open_positions, worth.positions_priced, worth.positions_carried, worth.oldest_age
        FROM stage_cash AS cash
        CROSS JOIN LATERAL unnest(days[cash.from_no : cash.to_no]) WITH ORDINALITY AS day (on_date, place)
        CROSS JOIN LATERAL (SELECT cash.from_no + day.place::integer - 1 AS day_no) AS step
        LEFT JOIN stage_worth AS worth
            ON worth.account_id = cash.account_id
           AND worth.currency = cash.currency
           AND worth.day_no = step.day_no
        LEFT JOIN stage_transferred AS transferred
            ON transferred.account_id = cash.account_id
           AND transferred.currency = cash.currency
           AND transferred.day_no = step.day_no
    ),
    -- OFFSET 0 keeps each step one: what is computed in it is computed once, however often it is used
    rated AS (
        SELECT level.*, rate.rate, level.currency = valuation.base_currency AS is_base
        FROM level
        JOIN stage_valuation AS valuation USING (account_id)
        LEFT JOIN stage_rate AS rate
            ON rate.currency = level.currency
           AND rate.base_currency = valuation.base_currency
           AND rate.day_no = level.day_no
        OFFSET 0
    ),
    converted AS (
        SELECT rated.account_id, rated.day_no, rated.open_positions, rated.positions_priced, rated.positions_carried,
               rated.oldest_age,
               rollforward.in_base(rated.cash, rated.rate, rated.is_base) AS cash,
               rollforward.in_base(rated.long_value, rated.rate, rated.is_base) AS long_value,
               rollforward.in_base(rated.short_value, rated.rate, rated.is_base) AS short_value,
               rollforward.in_base(rated.unrealized, rated.rate, rated.is_base) AS unrealized,
               rollforward.in_base(rated.flow, rated.rate, rated.is_base) AS flow,
               rollforward.in_base(rated.realized, rated.rate, rated.is_base) AS realized,
               rollforward.in_base(rated.income, rated.rate, rated.is_base) AS income,
               rollforward.in_base(rated.costs, rated.rate, rated.is_base) AS costs,
               rollforward.in_base(rated.transferred_gain, rated.rate, rated.is_base) AS transferred_gain
        FROM rated
        OFFSET 0
    ),
    day_total AS (
        -- what is unknown in one currency is unknown in all
        SELECT converted.account_id, converted.day_no,
               CASE WHEN count(converted.cash) = count(*) THEN rollforward.total(converted.cash) END AS cash,
               CASE WHEN count(converted.long_value) = count(*) THEN rollforward.total(converted.long_value) END AS long_value,
               CASE WHEN count(converted.short_value) = count(*) THEN rollforward.total(converted.short_value) END AS short_value,
               CASE WHEN count(converted.unrealized) = count(*) THEN rollforward.total(converted.unrealized) END AS unrealized,
               CASE WHEN count(converted.flow) = count(*) THEN rollforward.total(converted.flow) END AS flow,
               CASE WHEN count(converted.realized) = count(*) THEN rollforward.total(converted.realized) END AS realized,
               CASE WHEN count(converted.income) = count(*) THEN rollforward.total(converted.income) END AS income,
               CASE WHEN count(converted.costs) = count(*) THEN rollforward.total(converted.costs) END AS costs,
               CASE WHEN count(converted.transferred_gain) = count(*) THEN rollforward.total(converted.transferred_gain) END AS transferred_gain,
               coalesce(sum(converted.open_positions), 0) AS open_positions,
               coalesce(sum(converted.positions_priced), 0) AS positions_priced,
               coalesce(sum(converted.positions_carried), 0) AS positions_carried,
               max(converted.oldest_age) AS oldest_age,
               count(*) FILTER (WHERE num_nulls(
                   converted.cash, converted.long_value, converted.short_value, converted.unrealized, converted.flow,
                   converted.realized, converted.income, converted.costs, converted.transferred_gain) > 0) AS rates_missing
        FROM converted
        GROUP BY converted.account_id, converted.day_no
    ),
    worth AS (
        SELECT day_total.*, day_total.cash + day_total.long_value + day_total.short_value AS closing_equity
        FROM day_total
        OFFSET 0
    ),
    closed AS (
        SELECT worth.*, valuation.base_currency, valuation.cumulative_flow AS standing_flow,
               sum(CASE WHEN worth.flow IS NULL THEN 1 ELSE 0 END) OVER account AS flows_unknown,
               sum(CASE WHEN worth.flow IS NULL OR worth.closing_equity IS NULL THEN 1 ELSE 0 END) OVER account AS pnls_unknown,
               valuation.has_standing AND valuation.cumulative_pnl IS NULL AS is_pnl_lost,
               rollforward.total(worth.flow) OVER account AS flow_so_far,
               CASE WHEN worth.day_no > valuation.first_no THEN lag(worth.closing_equity) OVER account
                    WHEN valuation.has_standing THEN valuation.closing_equity
                    ELSE 0
               END AS opening_equity,
               CASE WHEN worth.day_no > valuation.first_no THEN lag(worth.unrealized) OVER account
                    WHEN valuation.has_standing THEN valuation.unrealized
                    ELSE 0
               END AS unrealized_before,
               valuation.has_standing
        FROM worth
        JOIN stage_valuation AS valuation USING (account_id)
        WINDOW account AS (PARTITION BY worth.account_id ORDER BY worth.day_no ROWS UNBOUNDED PRECEDING)
    ),
    rolled AS (
        SELECT closed.*,
               closed.closing_equity - closed.opening_equity - closed.flow AS pnl,
               closed.unrealized - closed.unrealized_before - closed.transferred_gain AS unrealized_change,
               CASE WHEN closed.flows_unknown = 0
                    THEN CASE WHEN closed.has_standing THEN closed.standing_flow + closed.flow_so_far
                              ELSE closed.flow_so_far
                         END
               END AS cumulative_flow
        FROM closed
        OFFSET 0
    )
    SELECT rolled.account_id,
           days[rolled.day_no],
           rolled.base_currency,
           rolled.opening_equity::rollforward_data.exact_money,
           rolled.flow::rollforward_data.exact_money,
           rolled.pnl::rollforward_data.exact_money,
           rolled.closing_equity::rollforward_data.exact_money,
           rolled.cash::rollforward_data.exact_money,
           rolled.long_value::rollforward_data.exact_money,
           rolled.short_value::rollforward_data.exact_money,
           rolled.cumulative_flow::rollforward_data.exact_money,
           (CASE WHEN rolled.pnls_unknown = 0 AND NOT rolled.is_pnl_lost
                 THEN rolled.closing_equity - rolled.cumulative_flow
            END)::rollforward_data.exact_money,
           rolled.unrealized::rollforward_data.exact_money,
           rolled.realized::rollforward_data.exact_money,
           rolled.unrealized_change::rollforward_data.exact_money,
           rolled.income::rollforward_data.exact_money,
           rolled.costs::rollforward_data.exact_money,
           (rolled.pnl - rolled.realized - rolled.unrealized_change - rolled.income + rolled.costs)::rollforward_data.exact_money,
           rolled.open_positions::integer,
           rolled.positions_priced::integer,
           rolled.positions_carried::integer,
           (rolled.open_positions - rolled.positions_priced - rolled.positions_carried)::integer,
           rolled.oldest_age,
           rolled.rates_missing::integer
    FROM rolled;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_equity_snapshot', rows_staged);

    SELECT coalesce(sum(greatest(valuation.last_no - valuation.first_no + 1, 0)), 0)
    INTO rows_due
    FROM stage_valuation AS valuation;
    IF rows_staged <> rows_due THEN
        RAISE EXCEPTION 'equity has % rows where % trading days are due', rows_staged, rows_due
            USING ERRCODE = '22R04',
                  HINT = 'A calendar without a trading day for a month cannot be valued; else this is an error of rollforward.';
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.stage_equity_snapshots IS 'Adds everything up in the base currency and rolls it forward';
