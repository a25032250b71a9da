-- Figures against an independent reference.
\pset title 'Differences from the reference'
SELECT account.account_number, difference.object, difference.key, difference.field, difference.stored, difference.expected
FROM rollforward.verify(:'account_ids'::bigint[], :'start_date', :'end_date') AS difference
JOIN rollforward.account USING (account_id)
ORDER BY account.account_number, difference.object, difference.key, difference.field;
\set differences :ROW_COUNT

{% include "ties.sql" %}

\pset title 'Checked'
SELECT cardinality(:'account_ids'::bigint[]) AS accounts, :differences AS differences, :ties AS broken_ties;

SELECT :differences + :ties > 0 AS wrong \gset
\if :wrong
DO $$ BEGIN RAISE EXCEPTION 'there are differences or broken ties, listed above'; END $$;
\endif
