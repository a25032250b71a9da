-- The settings of the whole database: what each is, what it may be, and what it is when nobody has set it.
--
-- pattern   a regular expression for its values
CREATE OR REPLACE VIEW rollforward.known_setting AS
SELECT *
FROM (VALUES
    ('batch_mode', 'on', '(on|off)', 'off: every account is computed by the reference'),
    ('chunk_size', '500', '[1-9][0-9]{0,5}', 'how many accounts a step of a run has at most, unless it is said'),
    ('correlation_min_part', '0.01', '(0|0?[.][0-9]{1,6}|1)',
     'what part of the gross value a position must be to be correlated with the others'),
    ('correlation_min_value', '10000', '[0-9]{1,12}([.][0-9]{1,2})?', 'and what it must be worth, in the base currency of the account'),
    ('lookback_days', '10', '[0-9]{1,5}', 'how many days old a close may be before it counts as carried'),
    ('nightly_analytics', 'off', '(on|off)', 'on: runs of scenario nightly end with analytics, of their last day and of what is stale'),
    ('workers', '1', '[1-9][0-9]{0,2}', 'on how many connections the driver processes')
) AS setting (name, default_value, pattern, meaning);

COMMENT ON VIEW rollforward.known_setting IS 'The settings of the whole database';
