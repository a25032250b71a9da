-- Whether all numbers of a row are printed plainly: one look at all of them, since patterns are dear. If they are not,
-- statement_number looks at each.
--
-- joined    the numbers, a blank before each
-- numbers   how many there are: a text with a blank in it is none, and looks like two
-- longest   bytes of the longest one; NULL when there is none
CREATE OR REPLACE FUNCTION rollforward.are_plain_numbers(joined text, numbers integer, longest integer)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(are_plain_numbers.longest, 0) < 14
       AND octet_length(are_plain_numbers.joined) - octet_length(replace(are_plain_numbers.joined, ' ', ''))
           = are_plain_numbers.numbers
       AND are_plain_numbers.joined
           ~ '^( [+-]?([0-9]+|[0-9][0-9]?[0-9]?(,[0-9][0-9][0-9])+)([.][0-9]+)?)*$';

COMMENT ON FUNCTION rollforward.are_plain_numbers IS 'Whether all numbers of a row are printed plainly';
