-- The engines of the analytics: what each finds, and what must be found before. Declared here alone; X is made by find_X().
--
-- engine          its name, and that of its phase in a run
-- place           engines are begun in this order; in a run, those that require nothing of each other go side by side
-- requires        engines that must be through before, all of them and not only the last ones
-- is_shared       it finds out about instruments, once for all accounts
-- needs_market    it looks at closes, see stage_market()
CREATE OR REPLACE VIEW rollforward.analysis_engine AS
SELECT *
FROM (VALUES
    ('holdings', 1, '{}'::text[], false, false, 'what accounts held on days, in their base currency'),
    ('lines', 2, '{holdings}', true, true, 'betas to the market, to rates and to spreads'),
    ('styles', 3, '{holdings}', true, true, 'betas to all styles at once'),
    ('volatility', 4, '{holdings}', true, true, 'volatility of what is held: realized, forecast, trend, percentile'),
    ('correlations', 5, '{holdings}', true, true, 'correlations of what is held together'),
    ('portfolio_volatility', 6, '{holdings}', false, true, 'volatility of what an account holds, taken together'),
    ('factor_correlations', 7, '{holdings}', true, false, 'correlations of the factors that scenarios shock'),
    ('sectors', 8, '{holdings}', false, false, 'sectors, and concentration'),
    ('exposures', 9, '{holdings,lines,styles}', false, false, 'betas of accounts: market, provider, rates, spreads, styles'),
    ('diversification', 10, '{holdings,correlations}', false, false, 'how much positions of an account move alike'),
    ('stress', 11, '{holdings,lines,styles,exposures,factor_correlations}', false, false, 'what scenarios would do'),
    ('completion', 12,
     '{holdings,lines,styles,volatility,correlations,factor_correlations,portfolio_volatility,sectors,exposures,diversification,stress}',
     false, false, 'the analyses are whole')
) AS declared (engine, place, requires, is_shared, needs_market, meaning);

COMMENT ON VIEW rollforward.analysis_engine IS 'The engines of the analytics, and what must be found before each';
