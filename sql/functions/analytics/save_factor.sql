-- Defines what returns are explained by, or changes it; all analyses become stale.
--
-- name                   by which exposures and shocks are found
-- method                 single, spread or style, see the table factor; provider cannot be defined
-- symbol, short_symbol   of instruments, whether they are known yet or not; short_symbol of a spread alone
-- window_days            calendar days of closes before the day of the analysis
-- minimum_returns        with fewer nothing is estimated; at least 3
-- covers_options         whether options count too, by their own closes
-- is_shocked             whether scenarios shock it
-- unit_return            return of the symbol for a shock of 1: of a rate, minus its duration
-- errors                 22R01 an argument is NULL or may not have its value, name is Provider, or scenarios shock what is not to be
--                        shocked any more
CREATE OR REPLACE FUNCTION rollforward.save_factor(
    name text,
    method text,
    symbol text,
    short_symbol text DEFAULT NULL,
    window_days integer DEFAULT 120,
    minimum_returns integer DEFAULT 30,
    covers_options boolean DEFAULT false,
    is_shocked boolean DEFAULT false,
    unit_return double precision DEFAULT 1
)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    PERFORM rollforward.require_choice('method', method, '{single,spread,style}');
    PERFORM rollforward.given(name, 'name'), rollforward.given(symbol, 'symbol'), rollforward.given(window_days, 'window_days'),
            rollforward.given(minimum_returns, 'minimum_returns'), rollforward.given(covers_options, 'covers_options'),
            rollforward.given(is_shocked, 'is_shocked'), rollforward.given(unit_return, 'unit_return');
    IF EXISTS (SELECT FROM rollforward_data.factor AS known WHERE known.name = save_factor.name AND known.method = 'provider') THEN
        RAISE EXCEPTION 'factor % is what analysts say, and cannot be estimated', name
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'name', 'value', name)),
                  HINT = 'Define a factor of another name.';
    END IF;
    IF NOT is_shocked
       AND EXISTS (
           SELECT FROM rollforward_data.scenario_shock AS shock
           JOIN rollforward_data.factor AS known USING (factor_id)
           WHERE known.name = save_factor.name)
    THEN
        RAISE EXCEPTION 'factor % is shocked by scenarios', name
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'is_shocked', 'value', is_shocked)),
                  HINT = 'Pass is_shocked => true, or save those scenarios without it first: the view scenario lists them.';
    END IF;
    INSERT INTO rollforward_data.factor AS known (
        name, method, symbol, short_symbol, window_days, minimum_returns, covers_options, is_shocked, unit_return)
    VALUES (name, method, symbol, short_symbol, window_days, minimum_returns, covers_options, is_shocked, unit_return)
    ON CONFLICT ON CONSTRAINT factor_name_key DO UPDATE
    SET method = excluded.method,
        symbol = excluded.symbol,
        short_symbol = excluded.short_symbol,
        window_days = excluded.window_days,
        minimum_returns = excluded.minimum_returns,
        covers_options = excluded.covers_options,
        is_shocked = excluded.is_shocked,
        unit_return = excluded.unit_return;
EXCEPTION
    WHEN check_violation OR numeric_value_out_of_range THEN
        RAISE EXCEPTION 'factor % cannot be so: %', left(name, 200), SQLERRM
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'name', 'value', left(name, 200))),
                  HINT = 'A spread has two symbols, other methods one; window_days is from 1 to 4000, minimum_returns at least 3.';
END
$$;

COMMENT ON FUNCTION rollforward.save_factor IS 'Defines what returns are explained by';
