-- What is wrong with the profiles staged by this transaction; no row means all can be saved.
--
-- A blank leaves what is known of the instrument, so that only a new one must state its kind, and an option its terms.
-- What a contract multiplies is never guessed.
--
-- returns   reason: missing, too_long, unknown_kind, not_a_number, not_true_or_false, not_positive, too_small, too_large,
--           not_a_date, not_call_or_put, contradicts_another_row (same symbol, another profile)
CREATE OR REPLACE FUNCTION rollforward.staged_profile_offences()
RETURNS TABLE (row_no bigint, line integer, place integer, "column" text, value text, reason text)
LANGUAGE sql STABLE PARALLEL UNSAFE
BEGIN ATOMIC
    WITH reading AS (
        SELECT staged.*,
               known.instrument_id IS NULL AS is_new,
               known.underlying AS known_underlying,
               known.expiration AS known_expiration,
               known.strike AS known_strike,
               known.option_right AS known_right,
               coalesce(staged.kind, known.kind::text) IN ('option', 'future_option') AS is_option,
               coalesce(staged.kind, known.kind::text) IN ('option', 'future', 'future_option')
               AND coalesce(known.kind NOT IN ('option', 'future', 'future_option'), true) AS becomes_contract,
               min(staged.profile) OVER same_symbol <> max(staged.profile) OVER same_symbol AS is_contradicted
        FROM (
            SELECT staged_market_row.*,
                   ROW(kind, sector, industry, beta, is_etf, multiplier, underlying, expiration, strike, option_right)::text
                       AS profile
            FROM rollforward.staged_market_row
            WHERE unreadable IS NULL
        ) AS staged
        LEFT JOIN rollforward_data.instrument AS known ON known.symbol = staged.symbol
        WINDOW same_symbol AS (PARTITION BY staged.symbol)
    )
    SELECT reading.row_no, reading.line, offence.place, offence."column", offence.value, offence.reason
    FROM reading
    CROSS JOIN LATERAL (VALUES
        (1, 'symbol', reading.symbol, CASE
            WHEN reading.symbol IS NULL THEN 'missing'
            WHEN length(reading.symbol) > 200 THEN 'too_long'
            WHEN reading.is_contradicted THEN 'contradicts_another_row'
        END),
        (2, 'kind', reading.kind, CASE
            WHEN reading.kind IS NULL AND reading.is_new THEN 'missing'
            WHEN reading.kind <> ALL (enum_range(NULL::rollforward_data.instrument_kind)::text[]) THEN 'unknown_kind'
        END),
        (3, 'beta', reading.beta, CASE
            WHEN reading.beta IS NOT NULL AND rollforward.market_number(reading.beta) IS NULL THEN 'not_a_number'
        END),
        (4, 'is_etf', reading.is_etf, CASE
            WHEN reading.is_etf NOT IN ('true', 'false') THEN 'not_true_or_false'
        END),
        (5, 'multiplier', reading.multiplier, CASE
            WHEN reading.multiplier IS NOT NULL OR reading.becomes_contract
                THEN rollforward.positive_number_offence(reading.multiplier, rollforward.market_number(reading.multiplier))
        END),
        (6, 'underlying', reading.underlying, CASE
            WHEN reading.is_option AND coalesce(reading.underlying, reading.known_underlying) IS NULL THEN 'missing'
        END),
        (7, 'expiration', reading.expiration, CASE
            WHEN reading.expiration IS NULL AND reading.is_option AND reading.known_expiration IS NULL THEN 'missing'
            WHEN reading.expiration IS NOT NULL AND rollforward.market_date(reading.expiration) IS NULL THEN 'not_a_date'
        END),
        (8, 'strike', reading.strike, CASE
            WHEN reading.strike IS NOT NULL OR (reading.is_option AND reading.known_strike IS NULL)
                THEN rollforward.positive_number_offence(reading.strike, rollforward.market_number(reading.strike))
        END),
        (9, 'option_right', reading.option_right, CASE
            WHEN reading.option_right IS NULL AND reading.is_option AND reading.known_right IS NULL THEN 'missing'
            WHEN reading.option_right NOT IN ('call', 'put') THEN 'not_call_or_put'
        END)
    ) AS offence (place, "column", value, reason)
    WHERE offence.reason IS NOT NULL;
END;

COMMENT ON FUNCTION rollforward.staged_profile_offences IS 'What is wrong with the staged profiles';
