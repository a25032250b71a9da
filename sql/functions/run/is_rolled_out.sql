-- Whether an account is among so many in a hundred: a matter of its id alone, the same on every server and for ever.
--
-- Who is among ten in a hundred is among fifty: what was rolled out to an account stays with it.
CREATE OR REPLACE FUNCTION rollforward.is_rolled_out(account_id bigint, percent integer)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT (get_byte(digest.bytes, 0) * 256 + get_byte(digest.bytes, 1)) % 100 < percent
    FROM (SELECT sha256(int8send(account_id))) AS digest (bytes);
END;

COMMENT ON FUNCTION rollforward.is_rolled_out IS 'Whether an account is among so many in a hundred';
