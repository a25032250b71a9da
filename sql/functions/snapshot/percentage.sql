-- Share of a net cash flow in percent, to 8 decimals; 0 unless the flow is positive.
CREATE OR REPLACE FUNCTION rollforward.percentage(part numeric, net_cash_flow numeric)
RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN percentage.net_cash_flow > 0 THEN round(percentage.part / percentage.net_cash_flow * 100, 8)
    ELSE 0.00000000
END;

COMMENT ON FUNCTION rollforward.percentage IS 'Share of a net cash flow in percent; 0 unless the flow is positive';
