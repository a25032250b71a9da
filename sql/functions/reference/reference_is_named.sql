-- Whether a closing may take a lot: it names none, or it names this one.
--
-- A name is the lot_ref or the external_id of the movement that opened the lot, or the day that took place on.
CREATE OR REPLACE FUNCTION rollforward.reference_is_named(lot_ref text, lot rollforward_data.lot_slice)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    opening rollforward_data.movement;
    name text;
BEGIN
    IF lot_ref IS NULL THEN
        RETURN true;
    END IF;
    SELECT movement.* INTO opening
    FROM rollforward_data.movement
    WHERE movement.account_id = lot.opened_in AND movement.movement_id = lot.opened_by;

    FOREACH name IN ARRAY string_to_array(lot_ref, ',') LOOP
        IF btrim(name) IN (opening.lot_ref, opening.external_id, to_char(lot.opened_on, 'YYYY-MM-DD')) THEN
            RETURN true;
        END IF;
    END LOOP;
    RETURN false;
END
$$;

COMMENT ON FUNCTION rollforward.reference_is_named IS 'Reference: whether a closing may take a lot';
