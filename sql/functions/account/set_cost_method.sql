-- Sets the cost method of an account from a day on. What is so already stays untouched, and marks nothing.
--
-- value       as checked by set_account: the method, for hifo and lofo with what they compare
-- from_date   NULL means from the beginning, and takes all other methods away
CREATE OR REPLACE FUNCTION rollforward.set_cost_method(account_id bigint, value text, from_date date)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_method rollforward_data.cost_method := split_part(value, ' ', 1);
    new_rank rollforward_data.lot_rank := coalesce(nullif(split_part(value, ' ', 3), ''), 'cost');
BEGIN
    IF set_cost_method.from_date IS NULL THEN
        DELETE FROM rollforward_data.account_cost_method AS change
        WHERE change.account_id = set_cost_method.account_id
          AND change.from_date > '0001-01-01';
    END IF;

    INSERT INTO rollforward_data.account_cost_method AS change (account_id, from_date, method, ranked_by)
    VALUES (set_cost_method.account_id, coalesce(set_cost_method.from_date, '0001-01-01'), new_method, new_rank)
    ON CONFLICT ON CONSTRAINT account_cost_method_pkey DO UPDATE
    SET method = excluded.method, ranked_by = excluded.ranked_by
    WHERE (change.method, change.ranked_by) <> (excluded.method, excluded.ranked_by);
END
$$;

COMMENT ON FUNCTION rollforward.set_cost_method IS 'Sets the cost method of an account from a day on';
