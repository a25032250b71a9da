-- Says under which sector a position of an account counts, whatever its profile says; its analyses become stale.
--
-- sector   NULL: what its profile says again
-- errors   22R01 an argument but sector is NULL, the account or the symbol is unknown, or the sector is blank
CREATE OR REPLACE FUNCTION rollforward.tag_sector(account_id bigint, symbol text, sector text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    tagged_id bigint;
BEGIN
    PERFORM rollforward.require_accounts(ARRAY[rollforward.given(account_id, 'account_id')]);
    PERFORM rollforward.given(symbol, 'symbol');
    SELECT instrument.instrument_id INTO tagged_id FROM rollforward_data.instrument WHERE instrument.symbol = tag_sector.symbol;
    IF tagged_id IS NULL OR btrim(sector) = '' THEN
        RAISE EXCEPTION '% cannot be tagged as %', left(symbol, 200), coalesce(sector, 'NULL')
            USING ERRCODE = '22R01',
                  DETAIL = jsonb_build_array(
                      jsonb_build_object('argument', 'symbol', 'value', left(symbol, 200)),
                      jsonb_build_object('argument', 'sector', 'value', left(sector, 200))),
                  HINT = 'The symbol is that of an instrument, and the sector a name; the view instrument lists instruments.';
    END IF;

    IF sector IS NULL THEN
        DELETE FROM rollforward_data.sector_tag AS former
        WHERE former.account_id = tag_sector.account_id
          AND former.instrument_id = tagged_id;
    ELSE
        INSERT INTO rollforward_data.sector_tag (account_id, instrument_id, sector)
        VALUES (account_id, tagged_id, btrim(sector))
        ON CONFLICT ON CONSTRAINT sector_tag_pkey DO UPDATE
        SET sector = excluded.sector;
    END IF;
END
$$;

COMMENT ON FUNCTION rollforward.tag_sector IS 'Says under which sector a position of an account counts';
