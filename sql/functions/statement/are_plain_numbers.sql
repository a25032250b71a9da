-- Whether all numbers of a row are printed plainly: one look at all of them, since patterns are dear. If they are not, statement_number
-- looks at each.
--
-- joined    the numbers, separated by blanks
-- longest   bytes of the longest one; NULL when there is none
CREATE OR REPLACE FUNCTION rollforward.are_plain_numbers(joined text, longest integer)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(are_plain_numbers.longest, 0) < 14
       AND are_plain_numbers.joined
           ~ '^([+-]?([0-9]+|[0-9][0-9]?[0-9]?(,[0-9][0-9][0-9])+)([.][0-9]+)?( |$))*$';

COMMENT ON FUNCTION rollforward.are_plain_numbers IS 'Whether all numbers of a row are printed plainly';
