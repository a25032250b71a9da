-- Facts against figures. Orphan closings and transfers without their other leg, which are facts that do not fit, are those
-- of the range: one that nobody can put right must not be in the way for ever.
\pset title 'Ties that are broken'
SELECT account.account_number, tie.identity, tie.key, tie.expected, tie.actual
FROM rollforward.check_ties(:'account_ids'::bigint[]) AS tie
JOIN rollforward.account USING (account_id)
WHERE tie.identity NOT IN ('orphan closing', 'transfer without its other leg')
   OR (tie.key ->> 'accounting_date')::date BETWEEN :'start_date' AND :'end_date'
ORDER BY account.account_number, tie.identity, tie.key;
\set ties :ROW_COUNT
