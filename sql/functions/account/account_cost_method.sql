-- Cost methods of accounts, each from its day on; before the first of them, first in, first out.
CREATE OR REPLACE VIEW rollforward.account_cost_method AS
SELECT change.account_id,
       account.number AS account_number,
       change.from_date,
       change.method,
       change.ranked_by
FROM rollforward_data.account_cost_method AS change
JOIN rollforward_data.account USING (account_id);

COMMENT ON VIEW rollforward.account_cost_method IS 'Cost methods of accounts, each from its day on';
