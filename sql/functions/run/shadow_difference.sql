-- What the batch and the reference did not agree on in mode shadow; expected is what the reference says.
CREATE OR REPLACE VIEW rollforward.shadow_difference AS
SELECT difference.difference_id, difference.run_id, difference.account_id, difference.object, difference.key,
       difference.field, difference.stored, difference.expected, difference.found_at
FROM rollforward_data.shadow_difference AS difference;

COMMENT ON VIEW rollforward.shadow_difference IS 'What the batch and the reference did not agree on in mode shadow';
