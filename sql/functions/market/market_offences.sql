-- What is wrong with the market data staged by this transaction, a row per offence: lines that are no rows, and what the
-- rules of the kind say of the others.
--
-- returns   the staged row and its line; column, value as printed, and reason; place: the order within a row
CREATE OR REPLACE FUNCTION rollforward.market_offences(kind rollforward_data.market_kind)
RETURNS TABLE (row_no bigint, line integer, place integer, "column" text, value text, reason text)
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT staged.row_no, staged.line, 0, '', NULL::text, staged.unreadable
    FROM rollforward.staged_market_row AS staged
    WHERE staged.unreadable IS NOT NULL;

    CASE market_offences.kind
        WHEN 'prices' THEN RETURN QUERY SELECT * FROM rollforward.staged_price_offences();
        WHEN 'fx' THEN RETURN QUERY SELECT * FROM rollforward.staged_rate_offences();
        WHEN 'splits' THEN RETURN QUERY SELECT * FROM rollforward.staged_split_offences();
        WHEN 'profiles' THEN RETURN QUERY SELECT * FROM rollforward.staged_profile_offences();
        WHEN 'calendar' THEN RETURN QUERY SELECT * FROM rollforward.staged_day_offences();
    END CASE;
END
$$;

COMMENT ON FUNCTION rollforward.market_offences IS 'What is wrong with the market data staged by this transaction';
