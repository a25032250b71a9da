-- All accounts of each person added up in one currency, as of a day.
--
-- as_of        inclusive; figures are those of the day, at its rates
-- currency     currency of the figures
-- person_ids   whom; NULL means all
-- returns      a row per person of whom an account has a snapshot by then, by person_id; snapshot_date is as_of. When a
--              rate is missing, all money of the row is NULL: see person_snapshot
-- errors       22R01 as_of or currency is NULL, currency is no currency code, or a person is unknown
-- relies on    see person_totals
CREATE OR REPLACE FUNCTION rollforward.person_snapshots(as_of date, currency text, person_ids bigint[] DEFAULT NULL)
RETURNS SETOF rollforward.person_snapshot
LANGUAGE plpgsql STABLE PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    offences jsonb;
BEGIN
    PERFORM rollforward.given(person_snapshots.as_of, 'as_of'),
            rollforward.given(person_snapshots.currency, 'currency');
    IF NOT rollforward.is_currency_code(person_snapshots.currency) THEN
        RAISE EXCEPTION 'not a currency: %', person_snapshots.currency
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(jsonb_build_object(
                      'argument', 'currency', 'value', person_snapshots.currency)),
                  HINT = 'Pass a currency code such as USD.';
    END IF;

    SELECT jsonb_agg(jsonb_build_object('argument', 'person_id', 'value', wanted.person_id) ORDER BY wanted.person_id)
    INTO offences
    FROM (SELECT DISTINCT unnest(person_snapshots.person_ids) AS person_id) AS wanted
    WHERE NOT EXISTS (SELECT FROM rollforward_data.person WHERE person.person_id = wanted.person_id);
    IF offences IS NOT NULL THEN
        RAISE EXCEPTION 'unknown person: %', coalesce(offences #>> '{0,value}', 'NULL')
            USING ERRCODE = '22R01', DETAIL = offences,
                  HINT = 'The view rollforward.person_currency lists the persons that exist.';
    END IF;

    RETURN QUERY
    SELECT owner.person_id,
           owner.person,
           person_snapshots.currency::rollforward_data.currency_code,
           person_snapshots.as_of,
           total.*
    FROM rollforward.person_currency AS owner
    CROSS JOIN LATERAL rollforward.person_totals(
        owner.person_id, person_snapshots.currency, person_snapshots.as_of
    ) AS total
    WHERE person_snapshots.person_ids IS NULL
       OR owner.person_id = ANY (person_snapshots.person_ids)
    ORDER BY owner.person_id;
END
$$;

COMMENT ON FUNCTION rollforward.person_snapshots IS 'All accounts of each person added up in one currency, as of a day';
