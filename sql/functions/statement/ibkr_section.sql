-- The sections of an IBKR activity statement that move cash and nothing else: what their rows are.
--
-- dated_by      the column that has the day
-- kind          of an amount that comes in, or of any
-- outward_kind  of one that goes out
CREATE OR REPLACE VIEW rollforward.ibkr_section AS
SELECT section.name, section.dated_by, section.kind, section.outward_kind
FROM (VALUES
    ('Deposits & Withdrawals', 'Settle Date', 'deposit', 'withdrawal'),
    ('Dividends', 'Date', 'dividend', 'dividend'),
    ('Payment In Lieu Of Dividends', 'Date', 'dividend', 'dividend'),
    ('Withholding Tax', 'Date', 'dividend_tax', 'dividend_tax'),
    ('Interest', 'Date', 'interest', 'interest_paid'),
    ('Broker Interest Paid', 'Date', 'interest', 'interest_paid'),
    ('Broker Interest Received', 'Date', 'interest', 'interest_paid'),
    ('Bond Interest Paid', 'Date', 'interest', 'interest_paid'),
    ('Bond Interest Received', 'Date', 'interest', 'interest_paid'),
    ('Fees', 'Date', 'fee', 'fee'),
    ('Other Fees', 'Date', 'fee', 'fee'),
    ('Client Fees', 'Date', 'fee', 'fee'),
    ('Advisor Fees', 'Date', 'fee', 'fee'),
    ('Commission Adjustments', 'Date', 'fee', 'fee')
) AS section (name, dated_by, kind, outward_kind);

COMMENT ON VIEW rollforward.ibkr_section IS 'The sections of an IBKR activity statement that move cash and nothing else';
