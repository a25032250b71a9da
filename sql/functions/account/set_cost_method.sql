-- Sets the cost method of an account from a day on, or takes it away. What is so already stays untouched, and marks nothing.
--
-- value       as checked by set_account: the method, for hifo and lofo with what they compare; NULL or '' takes away the
--             method that applies from from_date on, so that the one before it goes on
-- from_date   NULL means from the beginning, and that no other is to follow
-- errors      22R01 without a day while methods from later days on are set, or no method from that day on is set that
--             could be taken away
CREATE OR REPLACE FUNCTION rollforward.set_cost_method(account_id bigint, value text, from_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    beginning CONSTANT date := '0001-01-01';
    new_method rollforward_data.cost_method := nullif(split_part(value, ' ', 1), '');
    new_rank rollforward_data.lot_rank := coalesce(nullif(split_part(value, ' ', 3), ''), 'cost');
    later jsonb;
BEGIN
    IF new_method IS NULL THEN
        DELETE FROM rollforward_data.account_cost_method AS change
        WHERE change.account_id = set_cost_method.account_id
          AND change.from_date = set_cost_method.from_date;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no cost method is set from % on', set_cost_method.from_date
                USING ERRCODE = '22R01',
                      DETAIL = jsonb_build_array(jsonb_build_object('argument', 'from_date', 'value', set_cost_method.from_date)),
                      HINT = 'The view rollforward.account_cost_method lists the methods of an account and their days.';
        END IF;
        RETURN;
    END IF;

    SELECT jsonb_agg(jsonb_build_object('from_date', change.from_date, 'method', change.method, 'ranked_by', change.ranked_by)
                     ORDER BY change.from_date)
    INTO later
    FROM rollforward_data.account_cost_method AS change
    WHERE change.account_id = set_cost_method.account_id
      AND change.from_date > beginning
      AND set_cost_method.from_date IS NULL;
    IF later IS NOT NULL THEN
        RAISE EXCEPTION 'other cost methods are set from later days on: %',
                        (SELECT string_agg(format('%s from %s', method ->> 'method', method ->> 'from_date'), ', ')
                         FROM jsonb_array_elements(later) AS method)
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object('argument', 'from_date', 'value', NULL, 'methods', later)),
                  HINT = format('Pass the day from which on %s applies (%s is the beginning), or take the others away first:'
                                ' set_account(account_number, ''cost_method'', NULL, from_date) for each.', value, beginning);
    END IF;

    INSERT INTO rollforward_data.account_cost_method AS change (account_id, from_date, method, ranked_by)
    VALUES (set_cost_method.account_id, coalesce(set_cost_method.from_date, beginning), new_method, new_rank)
    ON CONFLICT ON CONSTRAINT account_cost_method_pkey DO UPDATE
    SET method = excluded.method, ranked_by = excluded.ranked_by
    WHERE (change.method, change.ranked_by) <> (excluded.method, excluded.ranked_by);
END
$$;

COMMENT ON FUNCTION rollforward.set_cost_method IS 'Sets the cost method of an account from a day on, or takes it away';
