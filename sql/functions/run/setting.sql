-- The settings of the whole database and their values.
CREATE OR REPLACE VIEW rollforward.setting AS
SELECT known.name,
       coalesce(given.value, known.default_value) AS value,
       known.default_value,
       known.meaning
FROM rollforward.known_setting AS known
LEFT JOIN rollforward_data.setting AS given ON given.name = known.name;

COMMENT ON VIEW rollforward.setting IS 'The settings of the whole database and their values';
