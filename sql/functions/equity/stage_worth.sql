-- Values what is open on each trading day: stage_worth, a row per account, currency and day with open positions.
--
-- days   trading days by their number, as stage_days() returns them
CREATE OR REPLACE FUNCTION rollforward.stage_worth(days date[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off  -- the planner cannot know over how many days a stretch goes: hash joins do not care
SET enable_mergejoin = off
SET enable_sort = off       -- nor that the days of an account come one after the other
AS $$
DECLARE
    lookback_days CONSTANT integer := rollforward.lookback_days();
    rows_staged bigint;
BEGIN
    INSERT INTO stage_worth
    SELECT valued.account_id, valued.currency, valued.day_no,
           rollforward.total(valued.long_value),
           rollforward.total(valued.net_value) - rollforward.total(valued.long_value),
           rollforward.total(valued.net_value) - rollforward.total(valued.cost),
           count(*) FILTER (WHERE NOT valued.is_expired),
           count(*) FILTER (WHERE NOT valued.is_expired AND valued.age <= lookback_days),
           count(*) FILTER (WHERE NOT valued.is_expired AND (valued.age > lookback_days OR (valued.age IS NULL AND valued.is_private))),
           max(valued.age) FILTER (WHERE NOT valued.is_expired),
           count(*) FILTER (WHERE NOT valued.is_expired AND valued.age IS NULL AND valued.is_private)
    FROM (
        SELECT worth.*,
               CASE WHEN worth.short_quantity = 0 THEN worth.net_value
                    WHEN worth.long_quantity = 0 THEN 0
                    ELSE rollforward.market_value(
                        worth.long_quantity, worth.long_cost, worth.close, worth.multiplier, worth.is_expired)
               END AS long_value
        FROM (
            SELECT held.*,
                   rollforward.market_value(
                       held.long_quantity - held.short_quantity, held.cost, held.close, held.multiplier, held.is_expired
                   ) AS net_value
            FROM (
                SELECT stretch.account_id, stretch.currency, step.day_no, stretch.is_private, stretch.multiplier,
                       stretch.long_quantity, stretch.short_quantity, stretch.long_cost,
                       stretch.long_cost - stretch.short_cost AS cost,
                       coalesce(day.on_date > stretch.expiration, false) AS is_expired,
                       day.on_date - known.price_date AS age,
                       CASE WHEN stretch.is_split AND known.price_date < day.on_date
                            THEN rollforward.split_adjusted(
                                known.close, stretch.account_id, stretch.instrument_id, known.price_date, day.on_date)
                            ELSE known.close
                       END AS close
                FROM stage_stretch AS stretch
                CROSS JOIN LATERAL unnest(days[stretch.from_no : stretch.to_no]) WITH ORDINALITY AS day (on_date, place)
                CROSS JOIN LATERAL (SELECT stretch.from_no + day.place::integer - 1 AS day_no) AS step
                LEFT JOIN stage_close AS known
                    ON known.close_no = rollforward.close_no(stretch.instrument_id, step.day_no)
                   AND known.instrument_id = stretch.instrument_id
                   AND known.day_no = step.day_no
                   AND stretch.is_quoted
                OFFSET 0  -- else market_value() is not inlined, for its argument would contain a query
            ) AS held
            OFFSET 0  -- else each value is computed wherever it is used
        ) AS worth
    ) AS valued
    GROUP BY valued.account_id, valued.currency, valued.day_no;
    GET DIAGNOSTICS rows_staged = ROW_COUNT;
    PERFORM rollforward.analyze_stage('pg_temp.stage_worth', rows_staged);
END
$$;

COMMENT ON FUNCTION rollforward.stage_worth IS 'Values what is open on each trading day';
