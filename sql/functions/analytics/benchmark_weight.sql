-- Sectors of benchmarks from a day on, as parts of one: see save_benchmark_weights().
CREATE OR REPLACE VIEW rollforward.benchmark_weight AS
SELECT weight.benchmark, weight.as_of, weight.sector, weight.weight::double precision AS weight
FROM rollforward_data.benchmark_weight AS weight;

COMMENT ON VIEW rollforward.benchmark_weight IS 'Sectors of benchmarks from a day on';
