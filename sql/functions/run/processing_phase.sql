-- The phases of a run: what each does, what must be done before it, and whether the run fails with it. Declared here alone.
--
-- phase         its name
-- place         phases of a run are begun in this order; those that require nothing of each other run side by side
-- requires      all phases, not only the last ones, whose steps must be over, well or not, before one of its steps begins
-- is_optional   what goes wrong in it is recorded, and the run succeeds nevertheless
-- is_chunked    whether it has a step for every chunk of accounts, or one for all
-- is_analysis   whether it is an engine of the analytics: those are declared in analysis_engine
CREATE OR REPLACE VIEW rollforward.processing_phase AS
SELECT declared.phase, declared.place, declared.requires, declared.is_optional, declared.is_chunked, declared.meaning,
       false AS is_analysis
FROM (VALUES
    ('stale', 1, '{}'::text[], false, true,
     'accounts that facts have made stale, each from the first day they touch'),
    ('snapshots', 2, '{}', false, true,
     'lots, positions, account snapshots and equity of the days that were asked for'),
    ('equity', 3, '{stale}', false, true,
     'trading days up to the last one that no fact has touched'),
    ('receivers', 4, '{stale,snapshots,equity}', false, false,
     'accounts that received lots from others which were computed after them'),
    ('ties', 5, '{stale,snapshots,equity,receivers}', true, true,
     'identities between facts and figures, see check_ties')
) AS declared (phase, place, requires, is_optional, is_chunked, meaning)
UNION ALL
SELECT engine.engine, 100 + engine.place, '{stale,snapshots,equity,receivers}' || engine.requires, false, NOT engine.is_shared,
       engine.meaning, true
FROM rollforward.analysis_engine AS engine;

COMMENT ON VIEW rollforward.processing_phase IS 'The phases of a run, and what must be done before each';
