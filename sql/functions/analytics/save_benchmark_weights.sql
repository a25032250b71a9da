-- Says how a benchmark is made up of sectors from a day on, in place of what was said of that day.
--
-- weights   a JSON object: a sector and its part of one each, {"Technology": 0.31, "Financials": 0.14}; sectors by the names under
--           which they are counted, see sector_name
-- errors    22R01 an argument is NULL, or weights is empty, no such object, or has a weight that is not from 0 to 1
CREATE OR REPLACE FUNCTION rollforward.save_benchmark_weights(benchmark text, as_of date, weights jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
BEGIN
    PERFORM rollforward.given(benchmark, 'benchmark'), rollforward.given(as_of, 'as_of'), rollforward.given(weights, 'weights');
    PERFORM rollforward.require_weights('weights', weights);
    DELETE FROM rollforward_data.benchmark_weight AS former
    WHERE former.benchmark = save_benchmark_weights.benchmark
      AND former.as_of = save_benchmark_weights.as_of;
    INSERT INTO rollforward_data.benchmark_weight (benchmark, as_of, sector, weight)
    SELECT benchmark, as_of, listed.sector, listed.weight::double precision
    FROM jsonb_each_text(weights) AS listed (sector, weight);
EXCEPTION
    WHEN check_violation THEN
        RAISE EXCEPTION 'weights of % cannot be so: %', left(benchmark, 200), SQLERRM
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'weights', 'value', weights)),
                  HINT = 'Weights are parts of one, and their day is finite.';
END
$$;

COMMENT ON FUNCTION rollforward.save_benchmark_weights IS 'Says how a benchmark is made up of sectors from a day on';
